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

PyDoc_STRVAR(table_doc,
"table(stored, entries, out)\n\n"
"out[i] = entries[stored[i]] for 16-bit `stored`, 65,536 `entries` and bytes `out`.");

static PyObject *table(PyObject *module, PyObject *args)
{
    Py_buffer in, entries, out;
    int fits;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*y*w*:table", &in, &entries, &out)) return NULL;
    fits = entries.len == 65536 && in.len == 2 * out.len;
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        through(in.buf, entries.buf, out.buf, out.len);
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&in);
    PyBuffer_Release(&entries);
    PyBuffer_Release(&out);
    if (fits) Py_RETURN_NONE;
    PyErr_SetString(PyExc_ValueError, "the buffers do not belong together");
    return NULL;
}

PyDoc_STRVAR(line_doc,
"line(stored, out, signed, slope, offset, first, last, low, high)\n\n"
"out[i] = floor(slope x + offset) in single precision, x being stored[i] cut to first..last;\n"
"0 where stored[i] lies in low..high, which is empty where low > high.");

static int within(float value) { return value >= 0 && value < 256; }

static PyObject *line(PyObject *module, PyObject *args)
{
    Py_buffer in, out;
    int is_signed, least, most, fits;
    Line l;
    (void)module;
    if (!PyArg_ParseTuple(args, "y*w*pffffii:line", &in, &out, &is_signed, &l.slope, &l.offset,
                          &l.from, &l.to, &l.low, &l.high)) return NULL;
    least = is_signed ? -32768 : 0;
    most = is_signed ? 32767 : 65535;
    fits = in.len == 2 * out.len && l.from <= l.to
        && (l.low > l.high || (least <= l.low && l.high <= most))
        && within(l.from * l.slope + l.offset) && within(l.to * l.slope + l.offset);
    if (fits) {
        Py_BEGIN_ALLOW_THREADS
        if (l.low > l.high) {
            if (is_signed) line_i16(in.buf, out.buf, out.len, l);
            else line_u16(in.buf, out.buf, out.len, l);
        } else {
            if (is_signed) line_i16_padded(in.buf, out.buf, out.len, l);
            else line_u16_padded(in.buf, out.buf, out.len, l);
        }
        Py_END_ALLOW_THREADS
    }
    PyBuffer_Release(&in);
    PyBuffer_Release(&out);
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
