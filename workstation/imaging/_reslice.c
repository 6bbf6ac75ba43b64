/* Reslicing kernel: one plane, or a slab, of a stack of parallel slices.
 *
 * Everything geometric is done by the caller, which gives three affine functions of the output
 * pixel (u, v) and of the depth w in the slab:
 *     column = c[0] + c[1] u + c[2] v + c[3] w      in voxels
 *     row    = r[0] + r[1] u + r[2] v + r[3] w      in voxels
 *     along  = a[0] + a[1] u + a[2] v + a[3] w      in mm from the first slice
 * and the positions of the slices in mm. Interpolation is trilinear in double precision: fixed point
 * errs by up to 13 HU. A sample is void (NaN) outside the stack, in a gap wider than `widest`, and
 * where one of its voxels with a weight is padding or lies on a slice that has not arrived.
 *
 * Limited API 3.11 (buffer protocol), no numpy headers.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>

enum { KIND_U8, KIND_I16, KIND_U16, KIND_I32, KIND_F32 };
enum { MODE_MEAN, MODE_MIP, MODE_MINIP };

typedef struct {
    const void *voxels;
    const uint8_t *present;
    const double *positions;
    Py_ssize_t slices, rows, columns;
    int kind, mode, padded;
    double low, high, slope, intercept, widest, uniform;
    double c[4], r[4], a[4];
    Py_ssize_t width, first, last, depth;
    double depth_from, depth_step;
    float *out;
} Task;

/* Rounding noise of the caller's affines; a thousandth of a micrometre. */
#define EDGE 1e-6

static inline double voxel(const Task *t, Py_ssize_t i)
{
    switch (t->kind) {
    case KIND_U8: return ((const uint8_t *)t->voxels)[i];
    case KIND_I16: return ((const int16_t *)t->voxels)[i];
    case KIND_U16: return ((const uint16_t *)t->voxels)[i];
    case KIND_I32: return ((const int32_t *)t->voxels)[i];
    default: return ((const float *)t->voxels)[i];
    }
}

/* Splits a coordinate into its lower voxel and the weight of the upper one; 0 where outside. */
static inline int split(double x, Py_ssize_t n, Py_ssize_t *low, double *weight)
{
    if (!(x >= -EDGE && x <= (double)(n - 1) + EDGE)) return 0;
    if (x < 0) x = 0;
    if (x > (double)(n - 1)) x = (double)(n - 1);
    Py_ssize_t i = (Py_ssize_t)x;
    if (i == n - 1 && i > 0) i--;
    double w = x - (double)i;
    if (w < EDGE) w = 0;
    if (w > 1 - EDGE) w = 1;
    *low = i;
    *weight = w;
    return 1;
}

static inline int find_slice(const Task *t, double along, Py_ssize_t *low, double *weight)
{
    const double *p = t->positions;
    Py_ssize_t n = t->slices;
    if (t->uniform > 0) return split(along / t->uniform, n, low, weight);
    if (!(along >= p[0] - EDGE && along <= p[n - 1] + EDGE)) return 0;
    Py_ssize_t left = 0, right = n - 1;
    while (right - left > 1) {
        Py_ssize_t middle = (left + right) / 2;
        if (p[middle] <= along) left = middle; else right = middle;
    }
    double gap = p[left + 1] - p[left];
    double w = (along - p[left]) / gap;
    if (w < EDGE) w = 0;
    if (w > 1 - EDGE) w = 1;
    if (gap > t->widest && w > 0 && w < 1) return 0;
    *low = left;
    *weight = w;
    return 1;
}

static double sample(const Task *t, double column, double row, double along)
{
    Py_ssize_t x, y, z;
    double fx, fy, fz, sum = 0;
    if (!split(column, t->columns, &x, &fx) || !split(row, t->rows, &y, &fy)
        || !find_slice(t, along, &z, &fz)) return NAN;
    const double wx[2] = {1 - fx, fx}, wy[2] = {1 - fy, fy}, wz[2] = {1 - fz, fz};
    for (int k = 0; k < 2; k++) {
        if (wz[k] == 0) continue;
        if (!t->present[z + k]) return NAN;
        for (int j = 0; j < 2; j++) {
            if (wy[j] == 0) continue;
            Py_ssize_t base = ((z + k) * t->rows + y + j) * t->columns + x;
            for (int i = 0; i < 2; i++) {
                if (wx[i] == 0) continue;
                double value = voxel(t, base + i);
                if (t->padded && value >= t->low && value <= t->high) return NAN;
                sum += wz[k] * wy[j] * wx[i] * value;
            }
        }
    }
    return sum;
}

static void run(const Task *t)
{
    for (Py_ssize_t v = t->first; v < t->last; v++) {
        for (Py_ssize_t u = 0; u < t->width; u++) {
            double result = NAN, total = 0;
            Py_ssize_t held = 0;
            for (Py_ssize_t d = 0; d < t->depth; d++) {
                double w = t->depth_from + t->depth_step * (double)d;
                double value = sample(t,
                    t->c[0] + t->c[1] * u + t->c[2] * v + t->c[3] * w,
                    t->r[0] + t->r[1] * u + t->r[2] * v + t->r[3] * w,
                    t->a[0] + t->a[1] * u + t->a[2] * v + t->a[3] * w);
                if (isnan(value)) continue;
                total += value;
                if (held == 0 || (t->mode == MODE_MIP && value > result)
                    || (t->mode == MODE_MINIP && value < result)) result = value;
                held++;
            }
            if (held > 0 && t->mode == MODE_MEAN) result = total / (double)held;
            t->out[v * t->width + u] = (float)(result * t->slope + t->intercept);
        }
    }
}

PyDoc_STRVAR(reslice_doc,
"reslice(voxels, present, positions, out, numbers, sizes)\n\n"
"Fill rows first..last of `out`, float32. All buffers are contiguous. `numbers` are 12 affine\n"
"coefficients, depth from, depth step, uniform spacing or 0, widest gap, slope, intercept, low,\n"
"high (float64); `sizes` are kind, mode, padded, slices, rows, columns, width, first, last, depth\n"
"(int64).");

static const Py_ssize_t ITEM_SIZES[] = {1, 2, 2, 4, 4};

static int fill(Task *t, const Py_buffer *b)
{
    const double *n = b[4].buf;
    const int64_t *s = b[5].buf;
    if (b[4].len != 20 * (Py_ssize_t)sizeof *n || b[5].len != 10 * (Py_ssize_t)sizeof *s) return 0;
    for (int i = 0; i < 4; i++) { t->c[i] = n[i]; t->r[i] = n[4 + i]; t->a[i] = n[8 + i]; }
    t->depth_from = n[12]; t->depth_step = n[13]; t->uniform = n[14]; t->widest = n[15];
    t->slope = n[16]; t->intercept = n[17]; t->low = n[18]; t->high = n[19];
    t->kind = (int)s[0]; t->mode = (int)s[1]; t->padded = (int)s[2];
    t->slices = s[3]; t->rows = s[4]; t->columns = s[5];
    t->width = s[6]; t->first = s[7]; t->last = s[8]; t->depth = s[9];
    t->voxels = b[0].buf; t->present = b[1].buf; t->positions = b[2].buf; t->out = b[3].buf;
    /* The caller is Python code of this package; a wrong size must still not read past an end. */
    return t->kind >= 0 && t->kind <= KIND_F32 && t->slices >= 2 && t->rows >= 1
        && t->columns >= 1 && t->width >= 1 && t->first >= 0 && t->first <= t->last
        && b[0].len == t->slices * t->rows * t->columns * ITEM_SIZES[t->kind]
        && b[1].len == t->slices && b[2].len == t->slices * (Py_ssize_t)sizeof(double)
        && b[3].len >= t->last * t->width * (Py_ssize_t)sizeof(float);
}

static PyObject *reslice(PyObject *module, PyObject *args)
{
    Py_buffer b[6] = {{0}};
    Task t = {0};
    int whole;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*y*w*y*y*:reslice", &b[0], &b[1], &b[2], &b[3], &b[4], &b[5]))
        return NULL;
    whole = fill(&t, b);
    if (whole) {
        Py_BEGIN_ALLOW_THREADS
        run(&t);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < 6; i++) PyBuffer_Release(&b[i]);
    if (!whole) {
        PyErr_SetString(PyExc_ValueError, "the buffers and the sizes do not belong together");
        return NULL;
    }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"reslice", reslice, METH_VARARGS, reslice_doc}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_reslice", "Reslicing of stacks of slices.", 0, methods};

PyMODINIT_FUNC PyInit__reslice(void) { return PyModule_Create(&definition); }
