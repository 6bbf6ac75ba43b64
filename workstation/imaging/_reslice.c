/* Reslicing kernel: one plane, or a slab, of a stack of parallel slices.
 *
 * Everything geometric is done by the caller, which gives three affine functions f of the output
 * pixel (u, v) and of the depth w in the slab, f[0] + f[1] u + f[2] v + f[3] w: column and row in
 * voxels, and mm along the normal from the first slice; and the positions of the slices in mm.
 * Interpolation is trilinear in double precision: fixed point errs by up to 13 HU. A sample is void
 * (NaN) outside the stack, in a gap that `whole` does not mark, and where one of its voxels with a
 * weight is padding, NaN, or on a slice that has not arrived. `careful` decides all of it for one
 * sample; `interior_*` take the run of a row that has all of its voxels. Limited API, no numpy.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { KIND_U8, KIND_I16, KIND_U16, KIND_I32, KIND_F32 };
enum { MODE_MEAN, MODE_MIP, MODE_MINIP };

typedef struct {
    const void *voxels;
    const uint8_t *present, *whole; /* whole[k]: one may interpolate between slice k and k + 1 */
    const double *positions, *depths;
    Py_ssize_t slices, rows, columns;
    int kind, mode, padded;
    double low, high, slope, intercept, uniform;
    double affine[3][4]; /* column, row, along */
    Py_ssize_t width, first, last, depth;
    float *out;
} Task;

/* Rounding noise of the caller's affines; a thousandth of a micrometre. */
#define EDGE 1e-6

static inline double voxel(const Task *t, Py_ssize_t i)
{
    const void *v = t->voxels;
    return t->kind == KIND_U8 ? ((const uint8_t *)v)[i]
        : t->kind == KIND_I16 ? ((const int16_t *)v)[i]
        : t->kind == KIND_U16 ? ((const uint16_t *)v)[i]
        : t->kind == KIND_I32 ? ((const int32_t *)v)[i] : ((const float *)v)[i];
}

/* A weight within rounding of a voxel centre is that voxel's alone. */
static inline double settle(double w) { return w < EDGE ? 0 : w > 1 - EDGE ? 1 : w; }

/* Splits a coordinate into its lower voxel and the weight of the upper one; 0 where outside. */
static inline int split(double x, Py_ssize_t n, Py_ssize_t *low, double *weight)
{
    if (!(x >= -EDGE && x <= (double)(n - 1) + EDGE)) return 0;
    x = fmin(fmax(x, 0), (double)(n - 1));
    Py_ssize_t i = (Py_ssize_t)x;
    if (i == n - 1 && i > 0) i--;
    *low = i; *weight = settle(x - (double)i);
    return 1;
}

static int find_slice(const Task *t, double along, Py_ssize_t *low, double *weight)
{
    const double *p = t->positions;
    Py_ssize_t left = 0, right = t->slices - 1;
    if (t->uniform > 0) return split(along / t->uniform, t->slices, low, weight);
    if (!(along >= p[left] - EDGE && along <= p[right] + EDGE)) return 0;
    while (right - left > 1) {
        Py_ssize_t middle = (left + right) / 2;
        if (p[middle] <= along) left = middle; else right = middle;
    }
    double w = settle((along - p[left]) / (p[left + 1] - p[left]));
    if (!t->whole[left] && w > 0 && w < 1) return 0;
    *low = left; *weight = w;
    return 1;
}

static double careful(const Task *t, double column, double row, double along)
{
    Py_ssize_t x, y, z;
    double fx, fy, fz, sum = 0;
    if (!split(column, t->columns, &x, &fx) || !split(row, t->rows, &y, &fy)
        || !find_slice(t, along, &z, &fz)) return NAN;
    const double wx[2] = {1 - fx, fx}, wy[2] = {1 - fy, fy}, wz[2] = {1 - fz, fz};
    for (int c = 0; c < 8; c++) {
        const int k = c >> 2, j = c >> 1 & 1, i = c & 1;
        if (wz[k] == 0 || wy[j] == 0 || wx[i] == 0) continue;
        if (!t->present[z + k]) return NAN;
        double value = voxel(t, ((z + k) * t->rows + y + j) * t->columns + x + i);
        if (t->padded && value >= t->low && value <= t->high) return NAN;
        sum += wz[k] * wy[j] * wx[i] * value;
    }
    return sum;
}

/* Built for three generations of processors where the C library picks one at load time; without
 * contraction (setup.py) all give the same bits. */
#if defined(__GLIBC__) && defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define CLONES
#endif
#ifndef __GNUC__
#define __builtin_prefetch(p) (void)(p)
#endif

/* The samples from..end in voxel coordinates, all eight voxels of each being there, a block at a
 * time: where they lie and what weighs, the loads (the memory is waited for here: each asks for
 * the one 24 samples ahead), the mixing. NaN asks for `careful`. */
enum { BLOCK = 128, AHEAD = 24 };
#define MIX(a, b, f) ((a) + (f) * ((b) - (a)))
#define INTERIOR(NAME, T)                                                                        \
CLONES static void NAME(const Task *t, const double *at, const double *by, int from, int end,    \
                        double *restrict samples)                                                \
{                                                                                                \
    const Py_ssize_t down = t->columns, deep = t->rows * t->columns;                             \
    const double x0 = at[0], y0 = at[1], z0 = at[2], dx = by[0], dy = by[1], dz = by[2];         \
    const double low = t->low, high = t->high, by_row = (double)down, by_slice = (double)deep;   \
    double x[BLOCK], y[BLOCK], z[BLOCK], where[BLOCK + AHEAD];                                   \
    T p[8][BLOCK];                                                                               \
    for (int u = from; u < end; u += BLOCK) {                                                    \
        const int n = end - u < BLOCK ? end - u : BLOCK;                                         \
        for (int s = 0; s < n; s++) {                                                            \
            double column = x0 + dx * (u + s), row = y0 + dy * (u + s), k = z0 + dz * (u + s);   \
            double i = (int)column, j = (int)row, slice = (int)k;                                \
            where[s] = slice * by_slice + j * by_row + i;                                        \
            x[s] = column - i; y[s] = row - j; z[s] = k - slice;                                 \
        }                                                                                        \
        for (int s = n; s < n + AHEAD; s++) where[s] = where[n - 1];                             \
        for (int s = 0; s < n; s++) {                                                            \
            const T *near = (const T *)t->voxels + (Py_ssize_t)where[s];                         \
            const T *next = (const T *)t->voxels + (Py_ssize_t)where[s + AHEAD];                 \
            for (int c = 0; c < 4; c++) {                                                        \
                const Py_ssize_t on = (c >> 1) * deep + (c & 1) * down;                          \
                __builtin_prefetch(next + on);                                                   \
                p[2 * c][s] = near[on]; p[2 * c + 1][s] = near[on + 1];                          \
            }                                                                                    \
        }                                                                                        \
        for (int s = 0; s < n; s++) {                                                            \
            double a = MIX(MIX((double)p[0][s], (double)p[1][s], x[s]),                          \
                           MIX((double)p[2][s], (double)p[3][s], x[s]), y[s]);                   \
            double b = MIX(MIX((double)p[4][s], (double)p[5][s], x[s]),                          \
                           MIX((double)p[6][s], (double)p[7][s], x[s]), y[s]);                   \
            samples[u + s] = MIX(a, b, z[s]);                                                    \
        }                                                                                        \
        for (int s = 0; t->padded && s < n; s++) {                                               \
            int touched = 0;                                                                     \
            for (int c = 0; c < 8; c++) touched |= (p[c][s] >= low) & (p[c][s] <= high);         \
            if (touched) samples[u + s] = NAN;                                                   \
        }                                                                                        \
    }                                                                                            \
}
INTERIOR(interior_u8, uint8_t)
INTERIOR(interior_i16, int16_t)
INTERIOR(interior_u16, uint16_t)
INTERIOR(interior_i32, int32_t)
INTERIOR(interior_f32, float)

static void (*const INTERIORS[])(const Task *, const double *, const double *, int, int,
                                 double *) = {
    interior_u8, interior_i16, interior_u16, interior_i32, interior_f32};

/* Narrows the span to where start + by u lies at least EDGE inside 0..n-1. */
static void narrow(double start, double by, Py_ssize_t n, double span[2])
{
    double low = EDGE - start, high = (double)(n - 1) - EDGE - start;
    if (by != 0) {
        low /= by; high /= by;
        span[0] = fmax(span[0], ceil(fmin(low, high)));
        span[1] = fmin(span[1], floor(fmax(low, high)) + 1);
    } else if (low > 0 || high < 0) {
        span[1] = span[0];
    }
    if (span[1] < span[0]) span[1] = span[0];
}

/* The samples of row v at one depth. */
static void row_of(const Task *t, Py_ssize_t v, double w, double *samples)
{
    const Py_ssize_t counts[3] = {t->columns, t->rows, t->slices};
    const int even = t->uniform > 0, width = (int)t->width;
    double start[3], at[3], step[3];
    double span[2] = {0, even && t->columns > 1 && t->rows > 1 ? width : 0};
    for (int axis = 0; axis < 3; axis++) {
        const double *f = t->affine[axis], unit = even && axis == 2 ? t->uniform : 1;
        start[axis] = f[0] + f[2] * v + f[3] * w;
        at[axis] = start[axis] / unit;
        step[axis] = f[1] / unit;
        narrow(at[axis], step[axis], counts[axis], span);
    }
    const int from = (int)span[0], to = (int)span[1];
    const int sure = !t->padded && t->kind != KIND_F32 && !memchr(t->present, 0, t->slices);
    INTERIORS[t->kind](t, at, step, from, to, samples);
    for (int u = 0; u < width; u++) {
        if (sure && u == from && (u = to) == width) break;
        if (u >= from && u < to && !isnan(samples[u])) {
            const uint8_t *arrived = t->present + (int)(at[2] + step[2] * u);
            if (arrived[0] & arrived[1]) continue;
        }
        samples[u] = careful(t, start[0] + t->affine[0][1] * u, start[1] + t->affine[1][1] * u,
                             start[2] + t->affine[2][1] * u);
    }
}

/* NaN compares false: what is void neither wins nor counts in `held`. */
#define EACH(RESULT)                                                                             \
    for (Py_ssize_t u = 0; u < width; u++) {                                                     \
        const double b = best[u], s = samples[u], n = held[u];                                   \
        best[u] = (RESULT);                                                                      \
        held[u] = n + (s == s);                                                                  \
    }

CLONES static void combine(int mode, Py_ssize_t width, double *restrict best,
                           double *restrict held, const double *restrict samples)
{
    if (mode == MODE_MIP) { EACH((b >= s) | (s != s) ? b : s) }
    else if (mode == MODE_MINIP) { EACH((b <= s) | (s != s) ? b : s) }
    else { EACH((n > 0 ? b : 0) + (s == s ? s : 0)) }
}

static int run(const Task *t)
{
    const Py_ssize_t width = t->width;
    double *restrict best = malloc(3 * (size_t)width * sizeof *best);
    if (best == NULL) return 0;
    double *restrict samples = best + width, *restrict held = samples + width;
    for (Py_ssize_t v = t->first; v < t->last; v++) {
        row_of(t, v, t->depths[0], best);
        for (Py_ssize_t u = 0; u < width; u++) held[u] = best[u] == best[u];
        for (Py_ssize_t d = 1; d < t->depth; d++) {
            row_of(t, v, t->depths[d], samples);
            combine(t->mode, width, best, held, samples);
        }
        for (Py_ssize_t u = 0; u < width; u++) {
            double result = best[u];
            if (t->mode == MODE_MEAN) result = held[u] > 0 ? best[u] / held[u] : NAN;
            t->out[v * width + u] = (float)(result * t->slope + t->intercept);
        }
    }
    free(best);
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
    memcpy(t->affine, n, sizeof t->affine);
    t->uniform = n[12]; t->slope = n[13]; t->intercept = n[14]; t->low = n[15]; t->high = n[16];
    t->kind = (int)s[0]; t->mode = (int)s[1]; t->padded = (int)s[2];
    t->slices = s[3]; t->rows = s[4]; t->columns = s[5];
    t->width = s[6]; t->first = s[7]; t->last = s[8]; t->depth = s[9];
    t->voxels = b[0].buf; t->present = b[1].buf; t->whole = b[2].buf; t->positions = b[3].buf;
    t->depths = b[4].buf; t->out = b[5].buf;
    /* A wrong size must never read past an end. */
    return t->kind >= 0 && t->kind <= KIND_F32 && t->slices >= 2 && t->rows >= 1 && t->depth >= 1
        && t->columns >= 1 && t->width >= 1 && t->first >= 0 && t->first <= t->last
        && b[0].len == t->slices * t->rows * t->columns * ITEM_SIZES[t->kind]
        && b[1].len == t->slices && b[2].len == t->slices - 1
        && b[3].len == t->slices * (Py_ssize_t)sizeof(double)
        && b[4].len == t->depth * (Py_ssize_t)sizeof(double)
        && b[5].len >= t->last * t->width * (Py_ssize_t)sizeof(float);
}

static PyObject *reslice(PyObject *Py_UNUSED(module), PyObject *args)
{
    Py_buffer b[BUFFERS] = {{0}};
    Task t = {0};
    int whole, done = 1;
    if (!PyArg_ParseTuple(args, "y*y*y*y*y*w*y*y*:reslice", &b[0], &b[1], &b[2], &b[3], &b[4],
                          &b[5], &b[6], &b[7])) return NULL;
    whole = fill(&t, b);
    if (whole) {
        Py_BEGIN_ALLOW_THREADS
        done = run(&t);
        Py_END_ALLOW_THREADS
    }
    for (int i = 0; i < BUFFERS; i++) PyBuffer_Release(&b[i]);
    if (whole && done) Py_RETURN_NONE;
    if (whole) return PyErr_NoMemory();
    PyErr_SetString(PyExc_ValueError, "the buffers and the sizes do not belong together");
    return NULL;
}

static PyMethodDef methods[] = {
    {"reslice", reslice, METH_VARARGS, reslice_doc}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_reslice", "Reslicing of stacks of slices.", 0, methods};

PyMODINIT_FUNC PyInit__reslice(void) { return PyModule_Create(&definition); }
