#include "core/limits.h"
#include "resolver/repair_internal.h"

/* ---- the text of a line ---- */

/* "[a,b]" behind the name, as it was written. */
static struct pl_str written_extras(const struct pl_requirement *r)
{
    struct pl_str rest =
        pl_str_trim(pl_str_sub(r->text, r->written_name.len, r->text.len));
    size_t close = pl_str_find(rest, ']');
    if (!r->extra_count || !pl_str_starts(rest, "[") || close == rest.len)
        return (struct pl_str){0};
    return pl_str_sub(rest, 0, close + 1);
}

static struct pl_str written_marker(const struct pl_requirement *r)
{
    size_t at = pl_str_find(r->text, ';');
    if (!r->marker)
        return (struct pl_str){0};
    return pl_str_trim(pl_str_sub(r->text, at + 1, r->text.len));
}

bool pl_repair_respecify(struct pl_arena *arena,
                         const struct pl_requirement *requirement,
                         struct pl_str specifier, struct pl_requirement *out)
{
    struct pl_str extras = written_extras(requirement);
    struct pl_str marker = written_marker(requirement);
    struct pl_requirement made = *requirement;
    if (!pl_specifier_parse(arena, specifier, &made.specifier, NULL))
        return false;
    made.url = (struct pl_str){0};
    made.text = pl_arena_printf(arena, "%.*s%.*s%.*s%s%.*s",
                                PL_STR_ARG(requirement->written_name),
                                PL_STR_ARG(extras), PL_STR_ARG(specifier),
                                marker.len ? "; " : "", PL_STR_ARG(marker));
    *out = made;
    return true;
}

/* ---- asking for less ---- */

/* What of a clause may take its place: one of these, then nothing. */
#define WEAKER 3

/* Only == and != may name a local label. */
static struct pl_str public_text(struct pl_arena *arena,
                                 const struct pl_version *version)
{
    struct pl_version public = *version;
    public.local = (struct pl_str){0};
    return pl_version_text(arena, &public);
}

static size_t weaken(struct pl_arena *arena, const struct pl_clause *clause,
                     struct pl_str out[WEAKER])
{
    size_t count = 0;
    bool pins = clause->op == PL_OP_EQ;
    if (!pins && clause->op != PL_OP_EQ_STAR && clause->op != PL_OP_COMPAT)
        return 0;
    struct pl_str version = public_text(arena, &clause->version);
    if (pins && pl_version_has_local(&clause->version))
        out[count++] = pl_arena_printf(arena, "==%.*s", PL_STR_ARG(version));
    out[count++] = pl_arena_printf(arena, ">=%.*s", PL_STR_ARG(version));
    if (pins)
        out[count++] = pl_arena_printf(arena, "<=%.*s", PL_STR_ARG(version));
    return count;
}

/* "==", then "1.2", for ==1.2.*: the operand keeps its star. */
static void add_clause(const struct pl_clause *clause, struct pl_buf *out)
{
    static const char *const ops[] = {
        [PL_OP_EQ] = "==",     [PL_OP_EQ_STAR] = "==",
        [PL_OP_NE] = "!=",     [PL_OP_NE_STAR] = "!=",
        [PL_OP_LE] = "<=",     [PL_OP_GE] = ">=",
        [PL_OP_LT] = "<",      [PL_OP_GT] = ">",
        [PL_OP_COMPAT] = "~=", [PL_OP_ARBITRARY] = "===",
    };
    pl_buf_addf(out, "%s%.*s", ops[clause->op], PL_STR_ARG(clause->text));
}

/* The specifier with another text for its clause `at`, which may be empty. */
static void add_widened(struct pl_arena *arena, const struct pl_asked *asked,
                        size_t at, struct pl_str instead,
                        pl_requirement_vec *out)
{
    const struct pl_specifier *old = &asked->req.specifier;
    struct pl_requirement made;
    PL_BUF(text, PL_MAX_SPECIFIER_BYTES);
    for (size_t i = 0; i < old->count; i++) {
        bool is_left_out = i == at && !instead.len;
        if (text.len && !is_left_out)
            pl_buf_add_char(&text, ',');
        if (i == at)
            pl_buf_add_str(&text, instead);
        else
            add_clause(&old->clauses[i], &text);
    }
    if (pl_buf_ok(&text) &&
        pl_repair_respecify(arena, &asked->req, pl_buf_view(&text), &made))
        pl_vec_push(arena, out, made);
}

void pl_repair_widen(struct pl_arena *arena, const struct pl_asked *asked,
                     pl_requirement_vec *out)
{
    const struct pl_specifier *old = &asked->req.specifier;
    struct pl_requirement bare;
    if (!old->count || asked->req.url.len)
        return;
    bool is_long = old->count > PL_MAX_REPAIR_CLAUSES;
    for (size_t i = 0; i < old->count && !is_long; i++) {
        struct pl_str weaker[WEAKER];
        size_t count = weaken(arena, &old->clauses[i], weaker);
        for (size_t n = 0; n < count; n++)
            add_widened(arena, asked, i, weaker[n], out);
    }
    for (size_t i = 0; i < old->count && old->count > 1 && !is_long; i++)
        add_widened(arena, asked, i, (struct pl_str){0}, out);
    if (pl_repair_respecify(arena, &asked->req, PL_STR(""), &bare))
        pl_vec_push(arena, out, bare);
}
