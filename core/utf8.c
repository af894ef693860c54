#include "core/utf8.h"

/* Length by the first byte, 0 when none may begin so; and its value bits. */
static size_t sequence_length(unsigned char first, uint32_t *bits)
{
    if (first < 0x80) {
        *bits = first;
        return 1;
    }
    if (first >= 0xc2 && first <= 0xdf) {
        *bits = first & 0x1fu;
        return 2;
    }
    if (first >= 0xe0 && first <= 0xef) {
        *bits = first & 0x0fu;
        return 3;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        *bits = first & 0x07u;
        return 4;
    }
    return 0;
}

static bool is_scalar(uint32_t code, size_t len)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    bool surrogate = code >= 0xd800 && code <= 0xdfff;
    return code >= least[len] && code <= 0x10ffff && !surrogate;
}

bool pl_utf8_take(struct pl_str *rest, uint32_t *code)
{
    const unsigned char *at = (const unsigned char *)rest->at;
    uint32_t bits = 0;
    size_t len = sequence_length(at[0], &bits);
    bool good = len && len <= rest->len;
    for (size_t i = 1; good && i < len; i++) {
        good = (at[i] & 0xc0) == 0x80;
        bits = bits << 6 | (at[i] & 0x3fu);
    }
    good = good && is_scalar(bits, len);
    *code = good ? bits : at[0];
    *rest = pl_str_sub(*rest, good ? len : 1, rest->len);
    return good;
}

/* Its beginning that is ASCII, eight bytes at a time. */
static struct pl_str after_ascii(struct pl_str s)
{
    size_t i = 0;
    for (uint64_t bytes; s.len - i >= sizeof(bytes); i += sizeof(bytes)) {
        memcpy(&bytes, s.at + i, sizeof(bytes));
        if (bytes & UINT64_MAX / 255 << 7)
            break;
    }
    return pl_str_sub(s, i, s.len);
}

size_t pl_utf8_invalid_at(struct pl_str s)
{
    for (struct pl_str rest = after_ascii(s); rest.len;) {
        size_t at = s.len - rest.len;
        uint32_t code;
        if (!pl_utf8_take(&rest, &code))
            return at;
    }
    return s.len;
}
