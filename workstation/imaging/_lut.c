/* 16-bit stored values to bytes: through a table, or along a line where the table is one.
 *
 * A table of 65,536 bytes does not fit into the first level cache of most processors; the straight
 * part of a window is two operations a value. Whether a line gives the very bytes of a table is
 * found out by the caller, by running it over all 65,536 inputs.
 *
 * Limited API 3.11 (buffer protocol), no numpy headers.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* Wide registers where the processor has them; the same operations in the same order. */
#if defined(__GNUC__) && !defined(__clang__) && defined(__x86_64__) && defined(__GLIBC__)
#if __GNUC__ >= 12
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define WIDE __attribute__((target_clones("avx2", "default")))
#endif
#else
#define WIDE
#endif

typedef struct {
    float slope, offset, from, to;
    int low, high;
} Line;

/* Eight bytes are gathered in a register and stored at once. */
static void through(const uint16_t *restrict in, const uint8_t *restrict table,
                    uint8_t *restrict out, Py_ssize_t n)
{
    Py_ssize_t i = 0;
    for (; i + 8 <= n; i += 8) {
        uint8_t held[8];
        for (int k = 0; k < 8; k++) held[k] = table[in[i + k]];
        memcpy(out + i, held, 8);
    }
    for (; i < n; i++) out[i] = table[in[i]];
}

/* floor(slope x + offset) with x cut to `from`..`to`, and 0 where x is padding. The caller sees to
 * it that both ends give 0 to 255. */
#define LINE(NAME, T)                                                                            \
WIDE static void NAME(const T *restrict in, uint8_t *restrict out, Py_ssize_t n, Line line)      \
{                                                                                                \
    const float slope = line.slope, offset = line.offset, from = line.from, to = line.to;        \
    for (Py_ssize_t i = 0; i < n; i++) {                                                         \
        float x = (float)in[i];                                                                  \
        x = x > from ? x : from;                                                                 \
        x = x < to ? x : to;                                                                     \
        out[i] = (uint8_t)(int32_t)(x * slope + offset);                                         \
    }                                                                                            \
}                                                                                                \
WIDE static void NAME##_padded(const T *restrict in, uint8_t *restrict out, Py_ssize_t n,        \
                               Line line)                                                        \
{                                                                                                \
    const float slope = line.slope, offset = line.offset, from = line.from, to = line.to;        \
    const uint16_t low = (uint16_t)line.low, span = (uint16_t)(line.high - line.low);            \
    for (Py_ssize_t i = 0; i < n; i++) {                                                         \
        float x = (float)in[i];                                                                  \
        x = x > from ? x : from;                                                                 \
        x = x < to ? x : to;                                                                     \
        uint8_t seen = (uint8_t)-((uint16_t)((uint16_t)in[i] - low) > span);                     \
        out[i] = (uint8_t)(int32_t)(x * slope + offset) & seen;                                  \
    }                                                                                            \
}
LINE(line_i16, int16_t)
LINE(line_u16, uint16_t)

/* Bytes that are written: all in one, or rows of a larger image. */
typedef struct {
    Py_buffer held;
    Py_ssize_t rows, columns, step;
} Rows;

static int rows_of(PyObject *out, Rows *made)
{
    Py_buffer *held = &made->held;
    if (PyObject_GetBuffer(out, held, PyBUF_STRIDES | PyBUF_WRITABLE)) return 0;
    made->rows = 1, made->columns = held->len, made->step = 0;
    if (held->itemsize == 1 && PyBuffer_IsContiguous(held, 'C')) return 1;
    if (held->itemsize == 1 && held->ndim == 2 && held->strides[1] == 1) {
        made->rows = held->shape[0], made->columns = held->shape[1], made->step = held->strides[0];
        return 1;
    }
    PyBuffer_Release(held);
    PyErr_SetString(PyExc_ValueError, "bytes are written to rows without gaps");
    return 0;
}

PyDoc_STRVAR(table_doc,
"table(stored, entries, out)\n\n"
"out[i] = entries[stored[i]] for 16-bit `stored`, 65,536 `entries` and bytes `out`, which may be a\n"
"part of a larger image.");

static PyObject *table(PyObject *module, PyObject *args)
{
    Py_buffer in, entries;
    PyObject *into;
    Rows out;
    int fits;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*O:table", &in, &entries, &into)) return NULL;
    if (!rows_of(into, &out)) {
        PyBuffer_Release(&in);
        PyBuffer_Release(&entries);
        return NULL;
    }
    fits = entries.len == 65536 && in.len == 2 * out.held.len;
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t row = 0; row < out.rows; row++)
            through((const uint16_t *)in.buf + row * out.columns, entries.buf,
                    (uint8_t *)out.held.buf + row * out.step, out.columns);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&in);
    PyBuffer_Release(&entries);
    PyBuffer_Release(&out.held);
    if (fits) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, "the buffers do not belong together");
    return NULL;
}

PyDoc_STRVAR(line_doc,
"line(stored, out, signed, slope, offset, first, last, low, high)\n\n"
"out[i] = floor(slope x + offset) in single precision, x being stored[i] cut to first..last;\n"
"0 where stored[i] lies in low..high, which is empty where low > high. `out` as in `table`.");

static int within(float value) { return value >= 0 && value < 256; }

static void along(const uint16_t *in, uint8_t *out, Py_ssize_t n, int is_signed, Line l)
{
    if (l.low > l.high) {
        if (is_signed) line_i16((const int16_t *)in, out, n, l);
        else line_u16(in, out, n, l);
    } else {
        if (is_signed) line_i16_padded((const int16_t *)in, out, n, l);
        else line_u16_padded(in, out, n, l);
    }
}

static PyObject *line(PyObject *module, PyObject *args)
{
    Py_buffer in;
    PyObject *into;
    Rows out;
    int is_signed, least, most, fits;
    Line l;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*Opffffii:line", &in, &into, &is_signed, &l.slope, &l.offset,
                          &l.from, &l.to, &l.low, &l.high)) return NULL;
    if (!rows_of(into, &out)) {
        PyBuffer_Release(&in);
        return NULL;
    }
    least = is_signed ? -32768 : 0;
    most = is_signed ? 32767 : 65535;
    fits = in.len == 2 * out.held.len && l.from <= l.to
        && (l.low > l.high || (least <= l.low && l.high <= most))
        && within(l.from * l.slope + l.offset) && within(l.to * l.slope + l.offset);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        for (Py_ssize_t row = 0; row < out.rows; row++)
            along((const uint16_t *)in.buf + row * out.columns,
                  (uint8_t *)out.held.buf + row * out.step, out.columns, is_signed, l);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&in);
    PyBuffer_Release(&out.held);
    if (fits) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, "the buffers and the numbers do not belong together");
    return NULL;
}

static PyMethodDef methods[] = {
    {"table", table, METH_VARARGS, table_doc},
    {"line", line, METH_VARARGS, line_doc},
    {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_lut", "Stored values to bytes.", 0, methods};

PyMODINIT_FUNC PyInit__lut(void) { return PyModule_Create(&definition); }
