/* Reslicing kernel: one plane, or a slab, of a stack of parallel slices.
 *
 * Everything geometric is done by the caller, which gives three affine functions of the output
 * pixel (u, v) and of the depth w in the slab:
 *     column = c[0] + c[1] u + c[2] v + c[3] w      in voxels
 *     row    = r[0] + r[1] u + r[2] v + r[3] w      in voxels
 *     along  = a[0] + a[1] u + a[2] v + a[3] w      in mm from the first slice
 * and the positions of the slices in mm. Interpolation is trilinear in double precision: fixed point
 * errs by up to 13 HU. A sample is void (NaN) outside the stack, in a gap that `whole` does not
 * mark, and where one of its voxels with a weight is padding, NaN, or on a slice that has not
 * arrived.
 *
 * `careful` decides all of that for one sample. `interior_*` are the same for samples that have all
 * of their eight voxels, and hand over what is padding or NaN.
 *
 * Limited API 3.11 (buffer protocol), no numpy headers.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

enum { KIND_U8, KIND_I16, KIND_U16, KIND_I32, KIND_F32 };
enum { MODE_MEAN, MODE_MIP, MODE_MINIP };

typedef struct {
    const void *voxels;
    const uint8_t *present, *whole; /* whole[k]: one may interpolate between slice k and k + 1 */
    const double *positions, *depths;
    Py_ssize_t slices, rows, columns;
    int kind, mode, padded;
    double low, high, slope, intercept, uniform;
    double c[4], r[4], a[4];
    Py_ssize_t width, first, last, depth;
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

/* A weight within rounding of a voxel centre is that voxel's alone. */
static inline double settle(double w) { return w < EDGE ? 0 : w > 1 - EDGE ? 1 : w; }

/* Splits a coordinate into its lower voxel and the weight of the upper one; 0 where outside. */
static inline int split(double x, Py_ssize_t n, Py_ssize_t *low, double *weight)
{
    if (!(x >= -EDGE && x <= (double)(n - 1) + EDGE)) return 0;
    if (x < 0) x = 0;
    if (x > (double)(n - 1)) x = (double)(n - 1);
    Py_ssize_t i = (Py_ssize_t)x;
    if (i == n - 1 && i > 0) i--;
    *low = i;
    *weight = settle(x - (double)i);
    return 1;
}

static int find_slice(const Task *t, double along, Py_ssize_t *low, double *weight)
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
    double w = settle((along - p[left]) / (p[left + 1] - p[left]));
    if (!t->whole[left] && w > 0 && w < 1) return 0;
    *low = left;
    *weight = w;
    return 1;
}

static double careful(const Task *t, double column, double row, double along)
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

/* One sample of the interior in voxel coordinates; NaN asks for `careful`. */
#define VOID(v) ((v) >= low && (v) <= high)
#define MIX(a, b, f) ((a) + (f) * ((b) - (a)))
#define INTERIOR(NAME, T)                                                                        \
static void NAME(const Task *t, const double *at, const double *by, Py_ssize_t from,             \
                 Py_ssize_t end, double *restrict samples)                                       \
{                                                                                                \
    const Py_ssize_t down = t->columns, deep = t->rows * t->columns;                             \
    const double x0 = at[0], y0 = at[1], z0 = at[2], dx = by[0], dy = by[1], dz = by[2];         \
    const double low = t->low, high = t->high;                                                   \
    const uint8_t *restrict present = t->present;                                                \
    const T *restrict voxels = t->voxels;                                                        \
    const int padded = t->padded, last = (int)end;                                               \
    for (int u = (int)from; u < last; u++) {                                                     \
        double x = x0 + dx * u, y = y0 + dy * u, z = z0 + dz * u;                                \
        int i = (int)x, j = (int)y, k = (int)z;                                                  \
        samples[u] = NAN;                                                                        \
        if (!(present[k] & present[k + 1])) continue;                                            \
        const T *p = voxels + (k * deep + j * down + i), *q = p + deep;                          \
        double a0 = p[0], a1 = p[1], a2 = p[down], a3 = p[down + 1];                             \
        double b0 = q[0], b1 = q[1], b2 = q[down], b3 = q[down + 1];                             \
        if (padded && (VOID(a0) || VOID(a1) || VOID(a2) || VOID(a3)                              \
                       || VOID(b0) || VOID(b1) || VOID(b2) || VOID(b3))) continue;               \
        x -= i; y -= j; z -= k;                                                                  \
        double a = MIX(MIX(a0, a1, x), MIX(a2, a3, x), y);                                       \
        double b = MIX(MIX(b0, b1, x), MIX(b2, b3, x), y);                                       \
        samples[u] = MIX(a, b, z);                                                               \
    }                                                                                            \
}
INTERIOR(interior_u8, uint8_t)
INTERIOR(interior_i16, int16_t)
INTERIOR(interior_u16, uint16_t)
INTERIOR(interior_i32, int32_t)
INTERIOR(interior_f32, float)

typedef void (*Interior)(const Task *, const double *, const double *, Py_ssize_t, Py_ssize_t,
                         double *);
static const Interior INTERIORS[] = {
    interior_u8, interior_i16, interior_u16, interior_i32, interior_f32};

/* Narrows [from, to) to where start + by u lies at least EDGE inside 0..n-1. */
static void narrow(double start, double by, Py_ssize_t n, double *from, double *to)
{
    double low = EDGE - start, high = (double)(n - 1) - EDGE - start;
    if (by == 0) {
        if (low > 0 || high < 0) *to = *from;
        return;
    }
    double one = low / by, two = high / by;
    if (one > two) { double held = one; one = two; two = held; }
    if (ceil(one) > *from) *from = ceil(one);
    if (floor(two) + 1 < *to) *to = floor(two) + 1;
}

/* The samples of row v at one depth. */
static void row_of(const Task *t, Py_ssize_t v, double w, double *samples)
{
    double start[3], by[3] = {t->c[1], t->r[1], t->a[1]}, from = 0, to = (double)t->width;
    start[0] = t->c[0] + t->c[2] * v + t->c[3] * w;
    start[1] = t->r[0] + t->r[2] * v + t->r[3] * w;
    start[2] = t->a[0] + t->a[2] * v + t->a[3] * w;
    if (t->uniform > 0 && t->columns > 1 && t->rows > 1) {
        double at[3] = {start[0], start[1], start[2] / t->uniform};
        double step[3] = {by[0], by[1], by[2] / t->uniform};
        narrow(at[0], step[0], t->columns, &from, &to);
        narrow(at[1], step[1], t->rows, &from, &to);
        narrow(at[2], step[2], t->slices, &from, &to);
        if (from < to)
            INTERIORS[t->kind](t, at, step, (Py_ssize_t)from, (Py_ssize_t)to, samples);
    } else {
        to = from;
    }
    for (Py_ssize_t u = 0; u < t->width; u++) {
        if (u >= from && u < to && !isnan(samples[u])) continue;
        samples[u] = careful(t, start[0] + by[0] * u, start[1] + by[1] * u, start[2] + by[2] * u);
    }
}

static int run(const Task *t)
{
    double *restrict samples = malloc(3 * (size_t)t->width * sizeof *samples);
    if (samples == NULL) return 0;
    double *restrict best = samples + t->width, *restrict held = best + t->width;
    const Py_ssize_t width = t->width;
    for (Py_ssize_t v = t->first; v < t->last; v++) {
        row_of(t, v, t->depths[0], best);
        for (Py_ssize_t u = 0; u < width; u++) held[u] = best[u] == best[u];
        for (Py_ssize_t d = 1; d < t->depth; d++) {
            row_of(t, v, t->depths[d], samples);
            /* NaN compares false: what is void neither wins nor counts. */
            if (t->mode == MODE_MIP) {
                for (Py_ssize_t u = 0; u < width; u++)
                    best[u] = best[u] >= samples[u] || samples[u] != samples[u] ? best[u]
                                                                                : samples[u];
            } else if (t->mode == MODE_MINIP) {
                for (Py_ssize_t u = 0; u < width; u++)
                    best[u] = best[u] <= samples[u] || samples[u] != samples[u] ? best[u]
                                                                                : samples[u];
            } else {
                for (Py_ssize_t u = 0; u < width; u++) {
                    double real = samples[u] == samples[u];
                    best[u] = (held[u] > 0 ? best[u] : 0) + (real > 0 ? samples[u] : 0);
                    held[u] += real;
                }
            }
        }
        for (Py_ssize_t u = 0; u < width; u++) {
            double result = best[u];
            if (t->mode == MODE_MEAN) result = held[u] > 0 ? best[u] / held[u] : NAN;
            t->out[v * width + u] = (float)(result * t->slope + t->intercept);
        }
    }
    free(samples);
    return 1;
}

PyDoc_STRVAR(reslice_doc,
"reslice(voxels, present, whole, positions, depths, out, numbers, sizes)\n\n"
"Fill rows first..last of `out`, float32. All buffers are contiguous. `numbers` are 12 affine\n"
"coefficients, uniform spacing or 0, slope, intercept, low, high (float64); `sizes` are kind,\n"
"mode, padded, slices, rows, columns, width, first, last, depth (int64).");

enum { BUFFERS = 8 };
static const Py_ssize_t ITEM_SIZES[] = {1, 2, 2, 4, 4};

static int fill(Task *t, const Py_buffer *b)
{
    const double *n = b[6].buf;
    const int64_t *s = b[7].buf;
    if (b[6].len != 17 * (Py_ssize_t)sizeof *n || b[7].len != 10 * (Py_ssize_t)sizeof *s) return 0;
    for (int i = 0; i < 4; i++) { t->c[i] = n[i]; t->r[i] = n[4 + i]; t->a[i] = n[8 + i]; }
    t->uniform = n[12]; t->slope = n[13]; t->intercept = n[14]; t->low = n[15]; t->high = n[16];
    t->kind = (int)s[0]; t->mode = (int)s[1]; t->padded = (int)s[2];
    t->slices = s[3]; t->rows = s[4]; t->columns = s[5];
    t->width = s[6]; t->first = s[7]; t->last = s[8]; t->depth = s[9];
    t->voxels = b[0].buf; t->present = b[1].buf; t->whole = b[2].buf; t->positions = b[3].buf;
    t->depths = b[4].buf; t->out = b[5].buf;
    /* The caller is Python code of this package; a wrong size must still not read past an end. */
    return t->kind >= 0 && t->kind <= KIND_F32 && t->slices >= 2 && t->rows >= 1
        && t->columns >= 1 && t->width >= 1 && t->first >= 0 && t->first <= t->last
        && t->depth >= 1
        && b[0].len == t->slices * t->rows * t->columns * ITEM_SIZES[t->kind]
        && b[1].len == t->slices && b[2].len == t->slices - 1
        && b[3].len == t->slices * (Py_ssize_t)sizeof(double)
        && b[4].len == t->depth * (Py_ssize_t)sizeof(double)
        && b[5].len >= t->last * t->width * (Py_ssize_t)sizeof(float);
}

static PyObject *reslice(PyObject *module, PyObject *args)
{
    Py_buffer b[BUFFERS] = {{0}};
    Task t = {0};
    int whole, done = 1;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*w*y*y*:reslice", &b[0], &b[1], &b[2], &b[3], &b[4],
                          &b[5], &b[6], &b[7])) return NULL;
    whole = fill(&t, b);
    if (whole) {
        Py_BEGIN_ALLOW_THREADS
        done = run(&t);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < BUFFERS; i++) PyBuffer_Release(&b[i]);
    if (!whole) {
        PyErr_SetString(PyExc_ValueError, "the buffers and the sizes do not belong together");
        return NULL;
    }
    if (!done) return PyErr_NoMemory();
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"reslice", reslice, METH_VARARGS, reslice_doc}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_reslice", "Reslicing of stacks of slices.", 0, methods};

PyMODINIT_FUNC PyInit__reslice(void) { return PyModule_Create(&definition); }
