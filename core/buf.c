#include "core/buf.h"

#include "core/arena.h"

void pl_buf_init(struct pl_buf *buf, size_t max)
{
    *buf = (struct pl_buf){.max = max};
}

void pl_buf_finish(struct pl_buf *buf)
{
    free(buf->data);
    *buf = (struct pl_buf){.max = buf->max};
}

void pl_buf_clear(struct pl_buf *buf)
{
    buf->len = 0;
    buf->over = false;
    if (buf->data)
        buf->data[0] = '\0';
}

static void make_room(struct pl_buf *buf, size_t more)
{
    size_t wanted = buf->len + more + 1;
    if (wanted <= buf->cap)
        return;
    size_t cap = buf->cap ? buf->cap : 256;
    while (cap < wanted)
        cap *= 2;
    char *grown = realloc(buf->data, cap);
    if (!grown)
        pl_out_of_memory();
    buf->data = grown;
    buf->cap = cap;
}

void pl_buf_add(struct pl_buf *buf, const void *bytes, size_t len)
{
    if (len > buf->max - buf->len) {
        len = buf->max - buf->len;
        buf->over = true;
    }
    if (!len)
        return;
    make_room(buf, len);
    memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void pl_buf_add_char(struct pl_buf *buf, char c)
{
    pl_buf_add(buf, &c, 1);
}

void pl_buf_add_str(struct pl_buf *buf, struct pl_str s)
{
    pl_buf_add(buf, s.at, s.len);
}

void pl_buf_add_cstr(struct pl_buf *buf, const char *s)
{
    pl_buf_add(buf, s, strlen(s));
}

void pl_buf_add_u64(struct pl_buf *buf, uint64_t n)
{
    char digits[20];
    size_t at = sizeof(digits);
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n);
    pl_buf_add(buf, digits + at, sizeof(digits) - at);
}

void pl_buf_addv(struct pl_buf *buf, const char *format, va_list args)
{
    char brief[256];
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(brief, sizeof(brief), format, args);
    if (len > 0 && (size_t)len < sizeof(brief)) {
        pl_buf_add(buf, brief, (size_t)len);
    } else if (len > 0) {
        char *text = malloc((size_t)len + 1);
        if (!text)
            pl_out_of_memory();
        vsnprintf(text, (size_t)len + 1, format, again);
        pl_buf_add(buf, text, (size_t)len);
        free(text);
    }
    va_end(again);
}

void pl_buf_addf(struct pl_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    pl_buf_addv(buf, format, args);
    va_end(args);
}

void pl_buf_pad(struct pl_buf *buf, char c, size_t count)
{
    for (size_t i = 0; i < count; i++)
        pl_buf_add_char(buf, c);
}

bool pl_buf_ok(const struct pl_buf *buf)
{
    return !buf->over;
}

struct pl_str pl_buf_view(const struct pl_buf *buf)
{
    return (struct pl_str){buf->data ? buf->data : "", buf->len};
}
