#include "pep/pack.h"

#include "core/limits.h"
#include "pep/marker_tree.h"

/* ---- versions ---- */

enum {
    PRE_BITS = 0x3,
    HAS_POST = 0x4,
    HAS_DEV = 0x8,
    HAS_EPOCH = 0x10,
    HAS_LOCAL = 0x20,
};

void pl_pack_version(struct pl_packer *p, const struct pl_version *v)
{
    unsigned flags = (unsigned)v->pre | (v->has_post ? HAS_POST : 0) |
                     (v->has_dev ? HAS_DEV : 0) | (v->epoch ? HAS_EPOCH : 0) |
                     (v->local.len ? HAS_LOCAL : 0);
    pl_pack_u8(p, (uint8_t)flags);
    pl_pack_u64(p, v->key);
    pl_pack_text(p, v->text);
    pl_pack_number(p, v->release_count);
    for (uint32_t i = 0; i < v->release_count; i++)
        pl_pack_number(p, v->release[i]);
    if (v->epoch)
        pl_pack_number(p, v->epoch);
    if (v->pre != PL_PRE_NONE)
        pl_pack_number(p, v->pre_number);
    if (v->has_post)
        pl_pack_number(p, v->post_number);
    if (v->has_dev)
        pl_pack_number(p, v->dev_number);
    if (v->local.len)
        pl_pack_text(p, v->local);
}

/* A version that was never set has none. */
static void unpack_release(struct pl_unpacker *u, struct pl_arena *arena,
                           struct pl_version *out)
{
    size_t count = pl_unpack_count(u, 1);
    if (count > PL_MAX_VERSION_SEGMENTS)
        u->bad = true;
    if (u->bad || !count)
        return;
    uint64_t *release = pl_new_array(arena, uint64_t, count);
    for (size_t i = 0; i < count; i++)
        release[i] = pl_unpack_number(u);
    out->release = release;
    out->release_count = (uint32_t)count;
}

void pl_unpack_version(struct pl_unpacker *u, struct pl_arena *arena,
                       struct pl_version *out)
{
    uint8_t flags = pl_unpack_u8(u);
    struct pl_version v = {.pre = flags & PRE_BITS,
                           .has_post = flags & HAS_POST,
                           .has_dev = flags & HAS_DEV};
    v.key = pl_unpack_u64(u);
    v.text = pl_unpack_text(u);
    if (v.text.len > PL_MAX_VERSION_BYTES)
        u->bad = true;
    unpack_release(u, arena, &v);
    if (flags & HAS_EPOCH)
        v.epoch = pl_unpack_number(u);
    if (v.pre != PL_PRE_NONE)
        v.pre_number = pl_unpack_number(u);
    if (v.has_post)
        v.post_number = pl_unpack_number(u);
    if (v.has_dev)
        v.dev_number = pl_unpack_number(u);
    if (flags & HAS_LOCAL)
        v.local = pl_unpack_text(u);
    *out = v;
}

/* ---- specifiers ---- */

/* An operator, two bounds, a version and a text. */
#define CLAUSE_BYTES (1 + 16 + PL_PACKED_VERSION_BYTES + 1)

/* Without another base, clauses are parts of the specifier's own text. */
void pl_pack_specifier(struct pl_packer *p, const struct pl_specifier *s)
{
    struct pl_str base = p->base;
    pl_pack_text(p, s->text);
    if (!base.len)
        p->base = s->text;
    pl_pack_number(p, s->count);
    for (uint32_t i = 0; i < s->count; i++) {
        const struct pl_clause *c = &s->clauses[i];
        pl_pack_u8(p, (uint8_t)c->op);
        pl_pack_u64(p, c->low);
        pl_pack_u64(p, c->span);
        pl_pack_version(p, &c->version);
        pl_pack_text(p, c->text);
    }
    p->base = base;
}

/* What specifier.c takes for granted of a clause that was parsed. */
static bool is_possible(const struct pl_clause *c)
{
    uint32_t count = c->version.release_count;
    switch (c->op) {
    case PL_OP_ARBITRARY:
        return true;
    case PL_OP_COMPAT:
        return count > 1;
    case PL_OP_EQ:
    case PL_OP_EQ_STAR:
    case PL_OP_NE:
    case PL_OP_NE_STAR:
    case PL_OP_LE:
    case PL_OP_GE:
    case PL_OP_LT:
    case PL_OP_GT:
        return count > 0;
    }
    return false;
}

static void unpack_clause(struct pl_unpacker *u, struct pl_arena *arena,
                          struct pl_clause *out)
{
    out->op = pl_unpack_u8(u);
    out->low = pl_unpack_u64(u);
    out->span = pl_unpack_u64(u);
    pl_unpack_version(u, arena, &out->version);
    out->text = pl_unpack_text(u);
    if (!is_possible(out))
        u->bad = true;
}

static void unpack_clauses(struct pl_unpacker *u, struct pl_arena *arena,
                           struct pl_specifier *out)
{
    size_t count = pl_unpack_count(u, CLAUSE_BYTES);
    if (!count)
        return;
    struct pl_clause *clauses = pl_new_array(arena, struct pl_clause, count);
    for (size_t i = 0; i < count && !u->bad; i++)
        unpack_clause(u, arena, &clauses[i]);
    if (!u->bad) {
        out->clauses = clauses;
        out->count = (uint32_t)count;
    }
}

void pl_unpack_specifier(struct pl_unpacker *u, struct pl_arena *arena,
                         struct pl_specifier *out)
{
    struct pl_str base = u->base;
    *out = (struct pl_specifier){.text = pl_unpack_text(u)};
    if (!base.len)
        u->base = out->text;
    unpack_clauses(u, arena, out);
    u->base = base;
}

/* ---- markers ---- */

/* Each pair of parentheses may hold an OR of ANDs, and so may the outermost. */
#define MOST_TREE_DEPTH (2 * (PL_MAX_MARKER_DEPTH + 1) + 1)

enum {
    KIND_BITS = 0x3,
    NO_MARKER = 0x3,
    PARENTHESISED = 0x4,
    VERSION_VALID = 0x8,
};

static void pack_operand(struct pl_packer *p, const struct pl_operand *o)
{
    pl_pack_u8(p, (uint8_t)o->variable);
    if (o->variable == PL_VAR_LITERAL)
        pl_pack_text(p, o->text);
}

static void pack_comparison(struct pl_packer *p, const struct pl_comparison *c)
{
    pack_operand(p, &c->left);
    pack_operand(p, &c->right);
    pl_pack_u8(p, (uint8_t)c->op);
    pl_pack_u8(p, (uint8_t)c->method);
    if (c->method == PL_HOLDS_BY_SPECIFIER)
        pl_pack_specifier(p, &c->specifier);
    if (c->version_valid)
        pl_pack_version(p, &c->version);
}

void pl_pack_marker(struct pl_packer *p, const struct pl_marker *m)
{
    if (!m) {
        pl_pack_u8(p, NO_MARKER);
        return;
    }
    bool valid = m->comparison && m->comparison->version_valid;
    pl_pack_u8(p, (uint8_t)(m->kind | (m->parenthesised ? PARENTHESISED : 0u) |
                            (valid ? VERSION_VALID : 0u)));
    if (m->kind == PL_MARKER_COMPARISON) {
        pack_comparison(p, m->comparison);
        return;
    }
    pl_pack_number(p, m->count);
    for (size_t i = 0; i < m->count; i++)
        pl_pack_marker(p, m->parts[i]);
}

static void unpack_operand(struct pl_unpacker *u, struct pl_operand *out)
{
    out->variable = pl_unpack_u8(u);
    if (out->variable > PL_VAR_DEPENDENCY_GROUPS)
        u->bad = true;
    if (out->variable == PL_VAR_LITERAL)
        out->text = pl_unpack_text(u);
}

static void unpack_comparison(struct pl_unpacker *u, struct pl_arena *arena,
                              bool version_valid, struct pl_comparison *c)
{
    unpack_operand(u, &c->left);
    unpack_operand(u, &c->right);
    c->op = pl_unpack_u8(u);
    c->method = pl_unpack_u8(u);
    if (c->op > PL_CMP_NOT_IN || c->method > PL_HOLDS_BY_SAME_TEXT)
        u->bad = true;
    if (c->method == PL_HOLDS_BY_SPECIFIER)
        pl_unpack_specifier(u, arena, &c->specifier);
    c->version_valid = version_valid;
    if (!version_valid)
        return;
    pl_unpack_version(u, arena, &c->version);
    if (!c->version.release_count)
        u->bad = true;
}

static const struct pl_marker *
unpack_marker(struct pl_unpacker *u, struct pl_arena *arena, unsigned depth);

static void unpack_parts(struct pl_unpacker *u, struct pl_arena *arena,
                         unsigned depth, struct pl_marker *m)
{
    size_t count = pl_unpack_count(u, 1);
    const struct pl_marker **parts =
        pl_new_array(arena, const struct pl_marker *, count);
    for (size_t i = 0; i < count && !u->bad; i++)
        parts[i] = unpack_marker(u, arena, depth + 1);
    m->parts = parts;
    m->count = count;
    for (size_t i = 0; i < count && !u->bad; i++)
        if (!parts[i])
            u->bad = true;
}

static const struct pl_marker *
unpack_marker(struct pl_unpacker *u, struct pl_arena *arena, unsigned depth)
{
    uint8_t flags = pl_unpack_u8(u);
    if (depth > MOST_TREE_DEPTH)
        u->bad = true;
    if (u->bad || (flags & KIND_BITS) == NO_MARKER)
        return NULL;
    struct pl_marker *m = pl_new(arena, struct pl_marker);
    m->kind = flags & KIND_BITS;
    m->parenthesised = flags & PARENTHESISED;
    if (m->kind == PL_MARKER_COMPARISON) {
        struct pl_comparison *c = pl_new(arena, struct pl_comparison);
        unpack_comparison(u, arena, flags & VERSION_VALID, c);
        m->comparison = c;
    } else {
        unpack_parts(u, arena, depth, m);
    }
    return u->bad ? NULL : m;
}

const struct pl_marker *pl_unpack_marker(struct pl_unpacker *u,
                                         struct pl_arena *arena)
{
    return unpack_marker(u, arena, 0);
}

/* ---- requirements ---- */

void pl_pack_requirement(struct pl_packer *p, const struct pl_requirement *r)
{
    p->base = (struct pl_str){0};
    pl_pack_text(p, r->text);
    p->base = r->text;
    pl_pack_text(p, r->written_name);
    pl_pack_text(p, r->name);
    pl_pack_number(p, r->extra_count);
    for (uint32_t i = 0; i < r->extra_count; i++)
        pl_pack_text(p, r->extras[i]);
    pl_pack_specifier(p, &r->specifier);
    pl_pack_text(p, r->url);
    pl_pack_marker(p, r->marker);
}

static void unpack_extras(struct pl_unpacker *u, struct pl_arena *arena,
                          struct pl_requirement *out)
{
    size_t count = pl_unpack_count(u, 1);
    if (count > PL_MAX_EXTRAS)
        u->bad = true;
    if (u->bad || !count)
        return;
    struct pl_str *extras = pl_new_array(arena, struct pl_str, count);
    for (size_t i = 0; i < count; i++)
        extras[i] = pl_unpack_text(u);
    out->extras = extras;
    out->extra_count = (uint32_t)count;
}

void pl_unpack_requirement(struct pl_unpacker *u, struct pl_arena *arena,
                           struct pl_requirement *out)
{
    struct pl_requirement r = {0};
    u->base = (struct pl_str){0};
    r.text = pl_unpack_text(u);
    u->base = r.text;
    r.written_name = pl_unpack_text(u);
    r.name = pl_unpack_text(u);
    unpack_extras(u, arena, &r);
    pl_unpack_specifier(u, arena, &r.specifier);
    r.url = pl_unpack_text(u);
    r.marker = pl_unpack_marker(u, arena);
    *out = r;
}
