#include "pep/specifier.h"

#include "core/limits.h"

/* ---- what a clause asks, as an interval ---- */

struct bounds {
    struct pl_version low, high; /* low <= v < high, without local labels */
    uint64_t prefix[PL_MAX_VERSION_SEGMENTS];
};

static const uint64_t zero;

static const struct pl_version lowest = {
    .release = &zero, .release_count = 1, .has_dev = true};
static const struct pl_version highest = {
    .release = &zero, .release_count = 1, .epoch = PL_VERSION_INFINITE};

/* The least public version above v: nothing lies between but local labels. */
static struct pl_version just_above(struct pl_version v)
{
    if (v.has_dev) {
        v.dev_number++;
        return v;
    }
    v.post_number = v.has_post ? v.post_number + 1 : 0;
    v.has_post = v.has_dev = true;
    return v;
}

/* `>1.0` takes no post release of 1.0, `>1.0.post1` takes 1.0.post2. */
static struct pl_version above_posts(struct pl_version v)
{
    if (v.has_post || v.has_dev)
        return just_above(v);
    v.has_post = true;
    v.post_number = PL_VERSION_INFINITE;
    return v;
}

/* `<1.0` takes no pre-release of 1.0, `<1.0rc1` takes 1.0b2. */
static struct pl_version below_prereleases(struct pl_version v)
{
    v.has_dev = v.has_dev || v.pre == PL_PRE_NONE;
    return v;
}

/* 1.3.dev0 for the first two numbers of 1.2.7. */
static struct pl_version next_prefix(const struct pl_version *v, uint32_t count,
                                     uint64_t *prefix)
{
    memcpy(prefix, v->release, count * sizeof(*prefix));
    prefix[count - 1]++;
    return (struct pl_version){.epoch = v->epoch,
                               .release = prefix,
                               .release_count = count,
                               .has_dev = true};
}

static void bounds_set(struct bounds *b, const struct pl_clause *c)
{
    const struct pl_version *v = &c->version;
    b->low = lowest;
    b->high = highest;
    switch (c->op) {
    case PL_OP_EQ:
    case PL_OP_NE:
        b->low = *v;
        b->high = just_above(*v);
        break;
    case PL_OP_EQ_STAR:
    case PL_OP_NE_STAR:
        b->low = below_prereleases(*v);
        b->high = next_prefix(v, v->release_count, b->prefix);
        break;
    case PL_OP_LE:
        b->high = just_above(*v);
        break;
    case PL_OP_GE:
        b->low = *v;
        break;
    case PL_OP_LT:
        b->high = below_prereleases(*v);
        break;
    case PL_OP_GT:
        b->low = above_posts(*v);
        break;
    case PL_OP_COMPAT:
        b->low = *v;
        b->high = next_prefix(v, v->release_count - 1, b->prefix);
        break;
    case PL_OP_ARBITRARY:
        break;
    }
    b->low.key = pl_version_key(&b->low);
    b->high.key = pl_version_key(&b->high);
}

static bool is_negative(enum pl_specifier_op op)
{
    return op == PL_OP_NE || op == PL_OP_NE_STAR;
}

/* Clauses that look at local labels or at text keep span 0. */
static void clause_pack(struct pl_clause *c)
{
    if (c->op == PL_OP_ARBITRARY || c->version.local.len)
        return;
    struct bounds b;
    bounds_set(&b, c);
    if (!b.low.key || !b.high.key)
        return;
    c->low = b.low.key;
    c->span = b.high.key - b.low.key;
}

/* ---- parsing ---- */

struct operator_rule {
    const char *text;
    enum pl_specifier_op op, star;
    uint32_t least_segments;
    bool takes_star, takes_local;
};

/* An operator that begins with another one stands before it. */
static const struct operator_rule operators[] = {
    {"===", PL_OP_ARBITRARY, PL_OP_ARBITRARY, 0, false, true},
    {"==", PL_OP_EQ, PL_OP_EQ_STAR, 1, true, true},
    {"!=", PL_OP_NE, PL_OP_NE_STAR, 1, true, true},
    {"~=", PL_OP_COMPAT, PL_OP_COMPAT, 2, false, false},
    {"<=", PL_OP_LE, PL_OP_LE, 1, false, false},
    {">=", PL_OP_GE, PL_OP_GE, 1, false, false},
    {"<", PL_OP_LT, PL_OP_LT, 1, false, false},
    {">", PL_OP_GT, PL_OP_GT, 1, false, false},
};

static const struct operator_rule *take_operator(struct pl_cursor *c)
{
    for (size_t i = 0; i < PL_COUNT(operators); i++)
        if (pl_cursor_take_str(c, operators[i].text))
            return &operators[i];
    return NULL;
}

struct parse {
    struct pl_arena *arena;
    struct pl_str text; /* the whole, trimmed: a copy */
    uint32_t offset;    /* of it within the caller's text */
    struct pl_error *err;
};

static struct pl_span span_of(const struct parse *p, struct pl_str part)
{
    uint32_t begin = p->offset + (uint32_t)(part.at - p->text.at);
    return (struct pl_span){NULL, begin, begin + (uint32_t)part.len};
}

static bool refuse(const struct parse *p, struct pl_str part,
                   const char *reason)
{
    return pl_error_set(p->err, PL_ERR_INPUT, span_of(p, part), "`%.*s` %s",
                        PL_STR_ARG(part), reason);
}

static bool parse_version(const struct parse *p, struct pl_str text,
                          struct pl_version *out)
{
    if (pl_version_parse_view(p->arena, text, out, p->err))
        return true;
    if (p->err && p->err->code == PL_ERR_INPUT) {
        uint32_t begin = span_of(p, text).begin;
        p->err->span.begin += begin;
        p->err->span.end += begin;
    }
    return false;
}

static bool holds_arbitrary_text(struct pl_str operand)
{
    for (size_t i = 0; i < operand.len; i++)
        if (pl_is_space(operand.at[i]) || operand.at[i] == ';' ||
            operand.at[i] == ')')
            return false;
    return true;
}

static bool parse_arbitrary(const struct parse *p, struct pl_str clause,
                            struct pl_clause *out)
{
    if (!holds_arbitrary_text(out->text))
        return refuse(p, clause, "has a space, `;` or `)` in its version");
    if (!pl_version_parse_view(p->arena, out->text, &out->version, NULL))
        out->version = (struct pl_version){0};
    return true;
}

static bool has_suffix(const struct pl_version *v)
{
    return v->pre != PL_PRE_NONE || v->has_post || v->has_dev || v->local.len;
}

static bool check_operand(const struct parse *p, struct pl_str clause,
                          const struct operator_rule *rule,
                          const struct pl_clause *out)
{
    const struct pl_version *v = &out->version;
    if (out->op != rule->op && has_suffix(v))
        return refuse(p, clause, "may have `.*` after plain numbers only");
    if (v->local.len && !rule->takes_local)
        return refuse(p, clause,
                      "has a local label, which only == and != take");
    if (v->release_count < rule->least_segments)
        return refuse(p, clause, "needs at least two numbers, as in ~=1.0");
    return true;
}

static bool parse_operand(const struct parse *p, struct pl_str clause,
                          const struct operator_rule *rule,
                          struct pl_clause *out)
{
    struct pl_str operand = out->text;
    if (!operand.len)
        return refuse(p, clause, "has no version");
    if (pl_str_ends(operand, ".*")) {
        if (!rule->takes_star)
            return refuse(p, clause, "has a `.*`, which only == and != take");
        out->op = rule->star;
        operand.len -= 2;
    }
    if (operand.len && pl_is_space(operand.at[operand.len - 1]))
        return refuse(p, clause, "has a space in its version");
    return parse_version(p, operand, &out->version) &&
           check_operand(p, clause, rule, out);
}

static bool parse_clause(const struct parse *p, struct pl_str clause,
                         struct pl_clause *out)
{
    struct pl_cursor c = pl_cursor_from(clause);
    const struct operator_rule *rule = take_operator(&c);
    if (!rule)
        return refuse(p, clause, "does not begin with ==, !=, ~=, <, > ...");
    *out = (struct pl_clause){.op = rule->op,
                              .text = pl_str_trim(pl_cursor_rest(&c))};
    bool ok = rule->op == PL_OP_ARBITRARY ? parse_arbitrary(p, clause, out)
                                          : parse_operand(p, clause, rule, out);
    if (ok)
        clause_pack(out);
    return ok;
}

/* The next part that is not empty; PEP 440 sets may have stray commas. */
static bool next_part(struct pl_str *rest, struct pl_str *part)
{
    while (pl_str_cut(rest, ',', part)) {
        *part = pl_str_trim(*part);
        if (part->len)
            return true;
    }
    return false;
}

static bool parse_text(const struct parse *p, struct pl_specifier *out)
{
    uint32_t count = 0;
    struct pl_str part;
    for (struct pl_str rest = p->text; next_part(&rest, &part);)
        count++;
    struct pl_clause *clauses =
        count ? pl_new_array(p->arena, struct pl_clause, count) : NULL;
    struct pl_str rest = p->text;
    for (uint32_t i = 0; i < count && next_part(&rest, &part); i++)
        if (!parse_clause(p, part, &clauses[i]))
            return false;
    *out = (struct pl_specifier){p->text, clauses, count};
    return true;
}

bool pl_specifier_parse(struct pl_arena *arena, struct pl_str text,
                        struct pl_specifier *out, struct pl_error *err)
{
    struct pl_str trimmed = pl_str_trim(text);
    if (trimmed.len > PL_MAX_SPECIFIER_BYTES)
        return pl_error_plain(err, PL_ERR_LIMIT,
                              "a version specifier of %zu bytes is too long; "
                              "the limit is %d",
                              trimmed.len, PL_MAX_SPECIFIER_BYTES);
    struct parse p = {arena, pl_arena_dup(arena, trimmed), 0, err};
    if (trimmed.len)
        p.offset = (uint32_t)(trimmed.at - text.at);
    return parse_text(&p, out);
}

/* ---- repairing ---- */

static bool is_operator_char(char c)
{
    return c == '<' || c == '>' || c == '=' || c == '!' || c == '~';
}

static bool is_quote(char c)
{
    return c == '\'' || c == '"';
}

static bool is_operand_char(char c)
{
    return c != ',' && !is_operator_char(c) && !is_quote(c);
}

static bool is_between_clauses(char c)
{
    return c == ',' || is_quote(c) || pl_is_space(c);
}

static bool is_before_operand(char c)
{
    return is_quote(c) || pl_is_space(c);
}

/* 9.0.0a1.0 is 9.0.0a1. */
static struct pl_str without_zero_suffix(struct pl_str operand)
{
    if (!pl_str_ends(operand, ".0") || pl_str_has(operand, '+'))
        return operand;
    struct pl_str rest = pl_str_sub(operand, 0, operand.len - 2);
    size_t at = rest.len;
    while (at > 0 && pl_is_digit(rest.at[at - 1]))
        at--;
    bool numbered = at > 0 && at < rest.len && pl_is_alpha(rest.at[at - 1]);
    return numbered ? rest : operand;
}

/* Takes "*" or ".*" off the end of the operand. */
static bool take_star(struct pl_str *operand)
{
    if (!pl_str_ends(*operand, "*"))
        return false;
    operand->len -= pl_str_ends(*operand, ".*") ? 2 : 1;
    return true;
}

static void repair_clause(struct pl_str operator, struct pl_str operand,
                          struct pl_buf *out)
{
    bool is_arbitrary = pl_str_is(operator, "===");
    bool star = !is_arbitrary && take_star(&operand);
    if (pl_str_is(operator, "!=~")) {
        operator= PL_STR("!=");
        star = true;
    }
    if (pl_str_is(operator, ">") && pl_str_is(operand, "dev"))
        operand = PL_STR("0.0.0dev");
    bool may_star = pl_str_is(operator, "==") || pl_str_is(operator, "!=");
    bool is_order = operator.len && pl_str_has(PL_STR("<>"), operator.at[0]);
    pl_buf_add_str(out, operator);
    pl_buf_add_str(out, is_arbitrary ? operand : without_zero_suffix(operand));
    if (star && !is_order)
        pl_buf_add_cstr(out, may_star ? ".*" : "*");
    pl_buf_add_char(out, ',');
}

/* Every repair at once; what it cannot make sense of is left as it is. */
static void repair(struct pl_str text, struct pl_buf *out)
{
    struct pl_cursor c = pl_cursor_from(text);
    for (;;) {
        pl_cursor_span(&c, is_between_clauses);
        if (pl_cursor_done(&c))
            return;
        struct pl_str operator= pl_cursor_span(&c, is_operator_char);
        pl_cursor_span(&c, is_before_operand);
        struct pl_str operand = pl_cursor_span(&c, is_operand_char);
        repair_clause(operator, pl_str_trim(operand), out);
    }
}

bool pl_specifier_parse_lenient(struct pl_arena *arena, struct pl_str text,
                                struct pl_specifier *out, bool *repaired,
                                struct pl_error *err)
{
    bool strict = pl_specifier_parse(arena, text, out, err);
    if (strict || text.len > PL_MAX_SPECIFIER_BYTES) {
        if (strict && repaired)
            *repaired = false;
        return strict;
    }
    PL_BUF(mended, 2 * PL_MAX_SPECIFIER_BYTES);
    repair(text, &mended);
    struct pl_specifier parsed;
    if (!pl_buf_ok(&mended) ||
        !pl_specifier_parse(arena, pl_buf_view(&mended), &parsed, NULL))
        return false;
    if (err)
        *err = (struct pl_error){.arena = err->arena};
    parsed.text = pl_arena_dup(arena, pl_str_trim(text));
    *out = parsed;
    if (repaired)
        *repaired = true;
    return true;
}

/* ---- matching ---- */

static bool is_same_text(struct pl_str a, struct pl_str b)
{
    for (size_t i = 0; i < a.len && a.len == b.len; i++)
        if (pl_lower(a.at[i]) != pl_lower(b.at[i]))
            return false;
    return a.len == b.len;
}

static bool is_within(const struct pl_clause *c, const struct pl_version *v)
{
    if (c->version.local.len)
        return pl_version_cmp(&c->version, v) == 0;
    struct bounds b;
    bounds_set(&b, c);
    return pl_version_cmp_public(v, &b.low) >= 0 &&
           pl_version_cmp_public(v, &b.high) < 0;
}

static bool match_unpacked(const struct pl_clause *c,
                           const struct pl_version *v)
{
    if (c->op == PL_OP_ARBITRARY)
        return is_same_text(c->text, v->text);
    return is_within(c, v) != is_negative(c->op);
}

static bool match_clause(const struct pl_clause *c, const struct pl_version *v)
{
    /* A key below `low` wraps around to above every span. */
    if (v->key && c->span)
        return (v->key - c->low < c->span) != is_negative(c->op);
    return match_unpacked(c, v);
}

bool pl_specifier_match(const struct pl_specifier *s,
                        const struct pl_version *v)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (!match_clause(&s->clauses[i], v))
            return false;
    return true;
}

bool pl_specifier_names_prerelease(const struct pl_specifier *s)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (!is_negative(s->clauses[i].op) &&
            pl_version_is_prerelease(&s->clauses[i].version))
            return true;
    return false;
}

bool pl_specifier_pins(const struct pl_specifier *s, const struct pl_version *v)
{
    for (uint32_t i = 0; i < s->count; i++) {
        enum pl_specifier_op op = s->clauses[i].op;
        if ((op == PL_OP_EQ || op == PL_OP_ARBITRARY) &&
            match_clause(&s->clauses[i], v))
            return true;
    }
    return false;
}

/* ---- printing ---- */

static const char *operator_text(enum pl_specifier_op op)
{
    for (size_t i = 0; i < PL_COUNT(operators); i++)
        if (operators[i].op == op || operators[i].star == op)
            return operators[i].text;
    return "";
}

/* The operand of === may hold any byte, so nothing here goes by %s. */
static struct pl_str clause_text(struct pl_arena *arena,
                                 const struct pl_clause *c)
{
    PL_BUF(text, 2 * PL_MAX_SPECIFIER_BYTES);
    pl_buf_add_cstr(&text, operator_text(c->op));
    if (c->op == PL_OP_ARBITRARY)
        pl_buf_add_str(&text, c->text);
    else
        pl_version_print(&c->version, &text);
    if (c->op == PL_OP_EQ_STAR || c->op == PL_OP_NE_STAR)
        pl_buf_add_cstr(&text, ".*");
    return pl_arena_dup(arena, pl_buf_view(&text));
}

static int cmp_texts(const void *a, const void *b)
{
    const struct pl_str *left = a, *right = b;
    return pl_str_cmp(*left, *right);
}

void pl_specifier_print(const struct pl_specifier *s, struct pl_buf *out)
{
    if (!s->count)
        return;
    PL_ARENA(arena);
    struct pl_str *texts = pl_new_array(&arena, struct pl_str, s->count);
    for (uint32_t i = 0; i < s->count; i++)
        texts[i] = clause_text(&arena, &s->clauses[i]);
    qsort(texts, s->count, sizeof(*texts), cmp_texts);
    for (uint32_t i = 0; i < s->count; i++) {
        if (i && pl_str_eq(texts[i], texts[i - 1]))
            continue;
        if (i)
            pl_buf_add_char(out, ',');
        pl_buf_add_str(out, texts[i]);
    }
}
