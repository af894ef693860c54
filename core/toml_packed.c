#include "core/toml_packed.h"

#include "core/toml_node.h"

enum { HAS_KEY = 0x10, KEY_INLINE = 0x20, TEXT_INLINE = 0x40, TYPE = 0x0f };

/* ---- numbers ---- */

static void put(struct pl_buf *out, uint64_t number)
{
    while (number >= 0x80) {
        pl_buf_add_char(out, (char)((number & 0x7f) | 0x80));
        number >>= 7;
    }
    pl_buf_add_char(out, (char)number);
}

/* Small numbers of either sign stay small: 0, -1, 1, -2 ... */
static void put_signed(struct pl_buf *out, int64_t number)
{
    uint64_t twice = (uint64_t)number << 1;
    put(out, number < 0 ? ~twice : twice);
}

static uint64_t take(struct pl_cursor *c)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64 && c->at < c->end; shift += 7) {
        unsigned char byte = (unsigned char)*c->at++;
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return number;
}

static int64_t take_signed(struct pl_cursor *c)
{
    uint64_t twice = take(c);
    return (int64_t)(twice & 1 ? ~(twice >> 1) : twice >> 1);
}

static void put_text(struct pl_buf *out, struct pl_str text)
{
    put(out, text.len);
    pl_buf_add_str(out, text);
}

static struct pl_str take_text(struct pl_cursor *c)
{
    size_t len = take(c), left = (size_t)(c->end - c->at);
    struct pl_str text = {c->at, len < left ? len : left};
    c->at += text.len;
    return text;
}

/* ---- packing ---- */

struct packer {
    struct pl_buf *out;
    uint32_t at; /* the place that stood last */
};

static void put_place(struct packer *p, uint32_t begin, uint32_t end)
{
    put_signed(p->out, (int64_t)begin - p->at);
    put(p->out, end - begin);
    p->at = begin;
}

static struct pl_str slice(const struct pl_toml_node *node, uint32_t begin,
                           uint32_t end)
{
    return pl_str_sub(node->doc->source->text, begin, end);
}

/* The string within its quotes, when it has one quote at each end. */
static struct pl_str within_quotes(const struct pl_toml_node *node)
{
    if (node->end - node->begin < 2)
        return (struct pl_str){0};
    return slice(node, node->begin + 1, node->end - 1);
}

static unsigned head_of(const struct pl_toml_node *node)
{
    unsigned head = node->type;
    if (node->key.len || node->key_end > node->key_begin)
        head |= HAS_KEY;
    if (!pl_str_eq(node->key, slice(node, node->key_begin, node->key_end)))
        head |= KEY_INLINE;
    if (node->type == PL_TOML_STRING &&
        !pl_str_eq(node->as.text, within_quotes(node)))
        head |= TEXT_INLINE;
    return head;
}

static void put_node(struct packer *p, const struct pl_toml_node *node)
{
    unsigned head = head_of(node);
    put(p->out, head);
    if (head & HAS_KEY)
        put_place(p, node->key_begin, node->key_end);
    if (head & KEY_INLINE)
        put_text(p->out, node->key);
    put_place(p, node->begin, node->end);
    if (head & TEXT_INLINE)
        put_text(p->out, node->as.text);
    if (node->type == PL_TOML_INTEGER)
        put_signed(p->out, node->as.integer);
    if (node->type == PL_TOML_BOOL)
        put(p->out, node->as.truth);
    if (node->type != PL_TOML_ARRAY && node->type != PL_TOML_TABLE)
        return;
    put(p->out, node->as.members.len);
    for (size_t i = 0; i < node->as.members.len; i++)
        put_node(p, &node->as.members.at[i]);
}

void pl_toml_pack(const struct pl_toml *doc, struct pl_buf *out)
{
    struct packer p = {out, 0};
    put_node(&p, &doc->root);
}

/* ---- unpacking ---- */

struct unpacker {
    struct pl_toml *doc;
    struct pl_cursor c;
    uint32_t at;
};

static void take_place(struct unpacker *u, uint32_t *begin, uint32_t *end)
{
    *begin = (uint32_t)(u->at + take_signed(&u->c));
    *end = *begin + (uint32_t)take(&u->c);
    u->at = *begin;
}

static void take_key(struct unpacker *u, struct pl_toml_node *node,
                     unsigned head)
{
    if (head & HAS_KEY)
        take_place(u, &node->key_begin, &node->key_end);
    if (head & KEY_INLINE)
        node->key = take_text(&u->c);
    else if (head & HAS_KEY)
        node->key = slice(node, node->key_begin, node->key_end);
}

static void take_node(struct unpacker *u, struct pl_toml_node *node);

static void take_members(struct unpacker *u, struct pl_toml_node *node)
{
    size_t count = take(&u->c);
    struct pl_toml_node *at =
        pl_new_array(&u->doc->arena, struct pl_toml_node, count);
    node->as.members.at = at;
    node->as.members.len = count;
    for (size_t i = 0; i < count; i++)
        take_node(u, &at[i]);
}

static void take_node(struct unpacker *u, struct pl_toml_node *node)
{
    unsigned head = (unsigned)take(&u->c);
    node->doc = u->doc;
    node->type = (enum pl_toml_type)(head & TYPE);
    take_key(u, node, head);
    take_place(u, &node->begin, &node->end);
    if (!(head & HAS_KEY))
        node->key_begin = node->key_end = node->begin;
    if (head & TEXT_INLINE)
        node->as.text = take_text(&u->c);
    else if (node->type == PL_TOML_STRING)
        node->as.text = within_quotes(node);
    else if (node->type == PL_TOML_INTEGER)
        node->as.integer = take_signed(&u->c);
    else if (node->type == PL_TOML_BOOL)
        node->as.truth = take(&u->c) != 0;
    else if (node->type == PL_TOML_ARRAY || node->type == PL_TOML_TABLE)
        take_members(u, node);
}

struct pl_toml *pl_toml_unpack(const struct pl_source *source,
                               struct pl_str packed)
{
    struct pl_arena arena = {0};
    struct pl_toml *doc = pl_new(&arena, struct pl_toml);
    doc->arena = arena;
    doc->source = source;
    struct unpacker u = {doc, pl_cursor_from(packed), 0};
    take_node(&u, &doc->root);
    return doc;
}
