#include "pep/version.h"

#include "core/limits.h"

#define MAX_DIGITS 18

/* ---- parsing ---- */

struct scan {
    struct pl_cursor c;
    struct pl_arena *arena;
    struct pl_version v;
    const char *trouble; /* set: a number that cannot be kept */
};

struct word {
    const char *text;
    enum pl_pre_kind pre;
};

/* A word that begins with another one stands before it. */
static const struct word pre_words[] = {
    {"alpha", PL_PRE_A}, {"a", PL_PRE_A},        {"beta", PL_PRE_B},
    {"b", PL_PRE_B},     {"preview", PL_PRE_RC}, {"pre", PL_PRE_RC},
    {"rc", PL_PRE_RC},   {"c", PL_PRE_RC},       {NULL, PL_PRE_NONE},
};
static const struct word post_words[] = {
    {"post", PL_PRE_NONE},
    {"rev", PL_PRE_NONE},
    {"r", PL_PRE_NONE},
    {NULL, PL_PRE_NONE},
};
static const struct word dev_words[] = {
    {"dev", PL_PRE_NONE},
    {NULL, PL_PRE_NONE},
};

static bool is_separator(char c)
{
    return c == '.' || c == '-' || c == '_';
}

static void skip_separator(struct pl_cursor *c)
{
    if (is_separator(pl_cursor_peek(c)))
        c->at++;
}

static bool next_is_digit(const struct pl_cursor *c, size_t ahead)
{
    return (size_t)(c->end - c->at) > ahead && pl_is_digit(c->at[ahead]);
}

/* False when there is no digit; a number too long is trouble. */
static bool take_number(struct scan *s, uint64_t *number)
{
    if (!next_is_digit(&s->c, 0))
        return false;
    const char *begin = s->c.at;
    while (begin + 1 < s->c.end && *begin == '0' && pl_is_digit(begin[1]))
        begin++;
    uint64_t value = 0;
    const char *at = begin;
    for (; at < s->c.end && pl_is_digit(*at); at++)
        if (at - begin < MAX_DIGITS)
            value = value * 10 + (uint64_t)(*at - '0');
    if (at - begin > MAX_DIGITS && !s->trouble)
        s->trouble = "a number has more than 18 digits";
    else
        s->c.at = at;
    *number = value;
    return !s->trouble;
}

static const struct word *take_word(struct pl_cursor *c,
                                    const struct word *words)
{
    for (; words->text; words++) {
        size_t len = strlen(words->text);
        if (len <= (size_t)(c->end - c->at) &&
            pl_str_is_nocase((struct pl_str){c->at, len}, words->text)) {
            c->at += len;
            return words;
        }
    }
    return NULL;
}

/* A separator may stand before the word, and after it without a number. */
static const struct word *take_suffix(struct scan *s, const struct word *words,
                                      uint64_t *number)
{
    struct pl_cursor before = s->c;
    skip_separator(&s->c);
    const struct word *word = take_word(&s->c, words);
    if (!word) {
        s->c = before;
        return NULL;
    }
    skip_separator(&s->c);
    take_number(s, number);
    return word;
}

static bool scan_release(struct scan *s)
{
    uint64_t segments[PL_MAX_VERSION_SEGMENTS];
    uint32_t count = 0;
    if (!take_number(s, &segments[0]))
        return false;
    if (pl_cursor_take(&s->c, '!')) {
        s->v.epoch = segments[0];
        if (!take_number(s, &segments[0]))
            return false;
    }
    for (count = 1; pl_cursor_peek(&s->c) == '.' && next_is_digit(&s->c, 1);
         count++) {
        s->c.at++;
        if (!take_number(s, &segments[count]))
            return false;
    }
    uint64_t *release = pl_new_array(s->arena, uint64_t, count);
    memcpy(release, segments, count * sizeof(*release));
    s->v.release = release;
    s->v.release_count = count;
    return true;
}

static void scan_post(struct scan *s)
{
    if (pl_cursor_peek(&s->c) == '-' && next_is_digit(&s->c, 1)) {
        s->c.at++;
        s->v.has_post = take_number(s, &s->v.post_number);
        return;
    }
    s->v.has_post = take_suffix(s, post_words, &s->v.post_number) != NULL;
}

static void scan_suffixes(struct scan *s)
{
    if (pl_cursor_done(&s->c))
        return;
    const struct word *word = take_suffix(s, pre_words, &s->v.pre_number);
    if (word)
        s->v.pre = word->pre;
    scan_post(s);
    s->v.has_dev = take_suffix(s, dev_words, &s->v.dev_number) != NULL;
}

static bool is_number(struct pl_str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (!pl_is_digit(s.at[i]))
            return false;
    return true;
}

/* Lower case, dots, no leading zeros: what is printed and compared. */
static struct pl_str normal_local(struct pl_arena *arena, struct pl_str local)
{
    char *normal = pl_arena_alloc(arena, local.len + 1);
    size_t len = 0;
    while (local.len) {
        size_t end = 0;
        while (end < local.len && !is_separator(local.at[end]))
            end++;
        struct pl_str segment = pl_str_sub(local, 0, end);
        while (segment.len > 1 && segment.at[0] == '0' && is_number(segment))
            segment = pl_str_sub(segment, 1, segment.len);
        for (size_t i = 0; i < segment.len; i++)
            normal[len++] = pl_lower(segment.at[i]);
        if (end < local.len)
            normal[len++] = '.';
        local = pl_str_sub(local, end + 1, local.len);
    }
    return (struct pl_str){normal, len};
}

static bool scan_local(struct scan *s)
{
    if (!pl_cursor_take(&s->c, '+'))
        return true;
    const char *begin = s->c.at;
    do {
        if (!pl_cursor_span(&s->c, pl_is_alnum).len)
            return false;
        if (!is_separator(pl_cursor_peek(&s->c)))
            break;
        s->c.at++;
    } while (true);
    struct pl_str local = {begin, (size_t)(s->c.at - begin)};
    s->v.local = normal_local(s->arena, local);
    return true;
}

static bool scan_version(struct scan *s)
{
    if (pl_lower(pl_cursor_peek(&s->c)) == 'v')
        s->c.at++;
    if (!scan_release(s))
        return false;
    scan_suffixes(s);
    return !s->trouble && scan_local(s) && pl_cursor_done(&s->c);
}

static bool refuse(struct pl_str whole, struct pl_str text, size_t offset,
                   const char *reason, struct pl_error *err)
{
    size_t begin = text.len ? (size_t)(text.at - whole.at) + offset : 0;
    size_t end = text.len ? (size_t)(text.at - whole.at) + text.len : 0;
    struct pl_span span = {NULL, (uint32_t)begin, (uint32_t)end};
    return pl_error_set(err, PL_ERR_INPUT, span,
                        "`%.*s` is not a PEP 440 version%s%s", PL_STR_ARG(text),
                        reason ? ": " : "", reason ? reason : "");
}

static bool parse_trimmed(struct pl_arena *arena, struct pl_str whole,
                          struct pl_str text, struct pl_version *out,
                          struct pl_error *err)
{
    struct scan s = {.c = pl_cursor_from(text), .arena = arena};
    s.v.text = text;
    if (!scan_version(&s))
        return refuse(whole, text, pl_cursor_offset(&s.c), s.trouble, err);
    s.v.key = pl_version_key(&s.v);
    *out = s.v;
    return true;
}

static bool fits(struct pl_str text, struct pl_error *err)
{
    if (text.len <= PL_MAX_VERSION_BYTES)
        return true;
    return pl_error_plain(err, PL_ERR_LIMIT,
                          "a version of %zu bytes is too long; the limit is %d",
                          text.len, PL_MAX_VERSION_BYTES);
}

bool pl_version_parse_view(struct pl_arena *arena, struct pl_str text,
                           struct pl_version *out, struct pl_error *err)
{
    struct pl_str trimmed = pl_str_trim(text);
    return fits(trimmed, err) && parse_trimmed(arena, text, trimmed, out, err);
}

bool pl_version_parse(struct pl_arena *arena, struct pl_str text,
                      struct pl_version *out, struct pl_error *err)
{
    struct pl_version parsed;
    if (!pl_version_parse_view(arena, text, &parsed, err))
        return false;
    parsed.text = pl_arena_dup(arena, parsed.text);
    *out = parsed;
    return true;
}

/* ---- packed keys ---- */

/*
 * A key is the version's parts one after another, from the highest bit down,
 * each in a code of varying length that keeps its order and is no beginning of
 * another code of the same part. So the first bit that differs stands in the
 * first part that differs, and unsigned order is PEP 440 order. In turn:
 *
 *   epoch      0, or 1 and a number
 *   release    each number, then 1 when another follows, else 0; zeros at the
 *              end are left out, so that 1.0 and 1 are one
 *   pre        three bits: dev only, a, b, rc, none; a, b, rc with a number
 *   post       0, or 1 and a number
 *   dev        0 and a number, or 1
 *
 * The lowest bit is always 1: no key is 0. What needs more than the other 63
 * bits has no key; of 9,276 versions of a recorded index 7 do.
 */
static const struct number_class {
    uint64_t first; /* the least number of the class */
    uint8_t prefix, prefix_bits, bits;
} number_classes[] = {
    {0, 0x0, 1, 4},
    {16, 0x2, 2, 5},
    {48, 0x6, 3, 11},
    {2096, 0xe, 4, 32},
};
#define INFINITE_PREFIX 0xf
#define INFINITE_BITS 4

enum pre_rank { RANK_DEV_ONLY, RANK_A, RANK_B, RANK_RC, RANK_NONE };

struct packer {
    uint64_t bits;
    unsigned left; /* bits still free, not counting the lowest */
    bool over;
};

static void pack(struct packer *p, uint64_t value, unsigned bits)
{
    if (bits > p->left) {
        p->over = true;
        return;
    }
    p->left -= bits;
    p->bits |= value << (p->left + 1);
}

static void pack_number(struct packer *p, uint64_t number)
{
    if (number == PL_VERSION_INFINITE) {
        pack(p, INFINITE_PREFIX, INFINITE_BITS);
        return;
    }
    for (size_t i = 0; i < PL_COUNT(number_classes); i++) {
        const struct number_class *c = &number_classes[i];
        uint64_t rest = number - c->first;
        if (rest >> c->bits)
            continue;
        pack(p, (uint64_t)c->prefix << c->bits | rest,
             (unsigned)c->prefix_bits + c->bits);
        return;
    }
    p->over = true;
}

static enum pre_rank pre_rank(const struct pl_version *v)
{
    switch (v->pre) {
    case PL_PRE_A:
        return RANK_A;
    case PL_PRE_B:
        return RANK_B;
    case PL_PRE_RC:
        return RANK_RC;
    case PL_PRE_NONE:
        break;
    }
    return v->has_dev && !v->has_post ? RANK_DEV_ONLY : RANK_NONE;
}

static void pack_release(struct packer *p, const struct pl_version *v)
{
    uint32_t count = v->release_count;
    while (count > 1 && v->release[count - 1] == 0)
        count--;
    for (uint32_t i = 0; i < count && !p->over; i++) {
        pack_number(p, v->release[i]);
        pack(p, i + 1 < count, 1);
    }
}

uint64_t pl_version_key(const struct pl_version *v)
{
    struct packer p = {.left = 63};
    pack(&p, v->epoch != 0, 1);
    if (v->epoch)
        pack_number(&p, v->epoch);
    pack_release(&p, v);
    pack(&p, pre_rank(v), 3);
    if (v->pre != PL_PRE_NONE)
        pack_number(&p, v->pre_number);
    pack(&p, v->has_post, 1);
    if (v->has_post)
        pack_number(&p, v->post_number);
    pack(&p, !v->has_dev, 1);
    if (v->has_dev)
        pack_number(&p, v->dev_number);
    return p.over ? 0 : p.bits | 1;
}

/* ---- order ---- */

static int cmp_u64(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

static int cmp_release(const struct pl_version *a, const struct pl_version *b)
{
    uint32_t count = a->release_count > b->release_count ? a->release_count
                                                         : b->release_count;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t left = i < a->release_count ? a->release[i] : 0;
        uint64_t right = i < b->release_count ? b->release[i] : 0;
        if (left != right)
            return cmp_u64(left, right);
    }
    return 0;
}

static int cmp_parts(const struct pl_version *a, const struct pl_version *b)
{
    int order = cmp_u64(a->epoch, b->epoch);
    if (!order)
        order = cmp_release(a, b);
    if (!order)
        order = cmp_u64(pre_rank(a), pre_rank(b));
    if (!order)
        order = cmp_u64(a->pre_number, b->pre_number);
    if (!order)
        order = cmp_u64(a->has_post, b->has_post);
    if (!order)
        order = cmp_u64(a->post_number, b->post_number);
    if (!order)
        order = cmp_u64(!a->has_dev, !b->has_dev);
    return order ? order : cmp_u64(a->dev_number, b->dev_number);
}

static int cmp_local_segment(struct pl_str a, struct pl_str b)
{
    bool a_number = is_number(a), b_number = is_number(b);
    if (a_number != b_number)
        return a_number ? 1 : -1;
    if (a_number && a.len != b.len)
        return cmp_u64(a.len, b.len);
    return pl_str_cmp(a, b);
}

static int cmp_local(struct pl_str a, struct pl_str b)
{
    if (!a.len || !b.len)
        return cmp_u64(a.len != 0, b.len != 0);
    struct pl_str left, right;
    for (;;) {
        bool more = pl_str_cut(&a, '.', &left);
        if (!pl_str_cut(&b, '.', &right) || !more)
            return more ? 1 : -1;
        int order = cmp_local_segment(left, right);
        if (order || (!a.at && !b.at))
            return order;
    }
}

int pl_version_cmp_public(const struct pl_version *a,
                          const struct pl_version *b)
{
    if (a->key && b->key)
        return cmp_u64(a->key, b->key);
    return cmp_parts(a, b);
}

int pl_version_cmp(const struct pl_version *a, const struct pl_version *b)
{
    int order = pl_version_cmp_public(a, b);
    return order ? order : cmp_local(a->local, b->local);
}

bool pl_version_is_prerelease(const struct pl_version *v)
{
    return v->pre != PL_PRE_NONE || v->has_dev;
}

bool pl_version_has_local(const struct pl_version *v)
{
    return v->local.len > 0;
}

/* ---- printing ---- */

static void print_number(const char *before, uint64_t n, struct pl_buf *out)
{
    pl_buf_add_cstr(out, before);
    pl_buf_add_u64(out, n);
}

void pl_version_print(const struct pl_version *v, struct pl_buf *out)
{
    static const char *const pre_names[] = {"", "a", "b", "rc"};
    if (v->epoch) {
        pl_buf_add_u64(out, v->epoch);
        pl_buf_add_char(out, '!');
    }
    for (uint32_t i = 0; i < v->release_count; i++)
        print_number(i ? "." : "", v->release[i], out);
    if (v->pre != PL_PRE_NONE)
        print_number(pre_names[v->pre], v->pre_number, out);
    if (v->has_post)
        print_number(".post", v->post_number, out);
    if (v->has_dev)
        print_number(".dev", v->dev_number, out);
    if (v->local.len) {
        pl_buf_add_char(out, '+');
        pl_buf_add_str(out, v->local);
    }
}

/* Most versions are written in their normal form: numbers and dots. */
static bool is_normal_release(const struct pl_version *v)
{
    if (v->epoch || v->pre != PL_PRE_NONE || v->has_post || v->has_dev ||
        v->local.len)
        return false;
    struct pl_str text = v->text;
    uint32_t numbers = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool starts = i == 0 || text.at[i - 1] == '.';
        numbers += starts;
        bool ends = i + 1 == text.len || text.at[i + 1] == '.';
        if (text.at[i] == '.' ? starts || ends
                              : !pl_is_digit(text.at[i]) ||
                                    (text.at[i] == '0' && starts && !ends))
            return false;
    }
    return numbers && numbers == v->release_count;
}

struct pl_str pl_version_text(struct pl_arena *arena,
                              const struct pl_version *v)
{
    if (is_normal_release(v))
        return pl_arena_dup(arena, v->text);
    /* Normal form may add at most ".post0", ".dev0" and a pre-release's 0. */
    PL_BUF(text, 2 * PL_MAX_VERSION_BYTES);
    pl_version_print(v, &text);
    return pl_arena_dup(arena, pl_buf_view(&text));
}
