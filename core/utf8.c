#include "core/utf8.h"

#include "core/attr.h"

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

/* ---- widths ---- */

struct block {
    uint32_t first, last;
    unsigned width;
};

static const struct block blocks[] = {
    {0x0300, 0x036f, 0},   /* combining marks */
    {0x1100, 0x115f, 2},   /* Hangul Jamo that begin a syllable */
    {0x1ab0, 0x1aff, 0},   /* combining marks */
    {0x1dc0, 0x1dff, 0},   /* combining marks */
    {0x20d0, 0x20ff, 0},   /* combining marks of symbols */
    {0x2e80, 0x303e, 2},   /* CJK radicals, punctuation */
    {0x3041, 0x4dbf, 2},   /* Kana, Bopomofo, CJK extension A */
    {0x4e00, 0xa4cf, 2},   /* CJK, Yi */
    {0xa960, 0xa97f, 2},   /* Hangul Jamo extended A */
    {0xac00, 0xd7a3, 2},   /* Hangul syllables */
    {0xf900, 0xfaff, 2},   /* CJK compatibility */
    {0xfe00, 0xfe0f, 0},   /* variation selectors */
    {0xfe20, 0xfe2f, 0},   /* combining half marks */
    {0xfe30, 0xfe6f, 2},   /* CJK compatibility forms */
    {0xff01, 0xff60, 2},   /* fullwidth forms */
    {0xffe0, 0xffe6, 2},   /* fullwidth signs */
    {0x1f300, 0x1f64f, 2}, /* pictographs, emoticons */
    {0x1f680, 0x1f6ff, 2}, /* transport */
    {0x1f900, 0x1f9ff, 2}, /* more pictographs */
    {0x20000, 0x3fffd, 2}, /* CJK extensions B and later */
};

static size_t width_of(uint32_t code)
{
    for (size_t i = 0; i < PL_COUNT(blocks) && blocks[i].first <= code; i++)
        if (code <= blocks[i].last)
            return blocks[i].width;
    return 1;
}

size_t pl_utf8_width(struct pl_str s)
{
    struct pl_str rest = after_ascii(s);
    size_t width = s.len - rest.len;
    uint32_t code;
    while (rest.len) {
        pl_utf8_take(&rest, &code);
        width += width_of(code);
    }
    return width;
}

struct pl_str pl_utf8_cut(struct pl_str s, size_t columns)
{
    struct pl_str rest = s, before = s;
    uint32_t code;
    while (rest.len) {
        pl_utf8_take(&rest, &code);
        if (width_of(code) > columns)
            return pl_str_sub(s, 0, s.len - before.len);
        columns -= width_of(code);
        before = rest;
    }
    return s;
}
