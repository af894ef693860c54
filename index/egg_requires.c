#include "index/egg_requires.h"

#include "core/limits.h"
#include "core/vec.h"
#include "index/metadata.h"
#include "pep/name.h"

struct parser {
    struct pl_arena *arena;
    uint32_t line;
    struct pl_str marker; /* of the section */
    size_t marker_bytes;  /* parsed: a section's once for each of its lines */
    PL_VEC(struct pl_requirement) requires;
    PL_VEC(struct pl_str) extras;
    bool repaired;
    struct pl_error *err;
};

static bool bad_section(const struct parser *p, struct pl_str text)
{
    return pl_error_plain(p->err, PL_ERR_INPUT,
                          "line %u of its requires.txt: `%.*s` begins no "
                          "section",
                          p->line, PL_STR_ARG(pl_str_sub(text, 0, 80)));
}

static bool begin_section(struct parser *p, struct pl_str text)
{
    if (!pl_str_ends(text, "]"))
        return bad_section(p, text);
    struct pl_str inner = pl_str_sub(text, 1, text.len - 1);
    size_t colon = pl_str_find(inner, ':');
    struct pl_str extra = pl_str_trim(pl_str_sub(inner, 0, colon));
    p->marker = pl_str_trim(pl_str_sub(inner, colon + 1, inner.len));
    if (!extra.len)
        return true;
    if (!pl_name_valid(extra))
        return bad_section(p, text);
    extra = pl_name_normalize(p->arena, extra);
    pl_vec_push(p->arena, &p->extras, extra);
    p->marker =
        pl_arena_printf(p->arena, "%s%.*s%sextra == \"%.*s\"",
                        p->marker.len ? "(" : "", PL_STR_ARG(p->marker),
                        p->marker.len ? ") and " : "", PL_STR_ARG(extra));
    return true;
}

static bool add_requirement(struct parser *p, struct pl_str text)
{
    struct pl_metadata_line line = {.of = "requires.txt",
                                    .number = p->line,
                                    .text = text,
                                    .marker = p->marker};
    struct pl_requirement requirement;
    if (p->requires.len == PL_MAX_REQUIRES_PER_VERSION)
        return pl_error_plain(p->err, PL_ERR_LIMIT,
                              "its requires.txt has more than %d requirements",
                              PL_MAX_REQUIRES_PER_VERSION);
    p->marker_bytes += p->marker.len;
    if (p->marker_bytes > PL_MAX_SECTION_MARKER_BYTES)
        return pl_error_plain(p->err, PL_ERR_LIMIT,
                              "the markers of its requires.txt are too long");
    if (!pl_metadata_require(p->arena, line, &requirement, &p->repaired,
                             p->err))
        return false;
    pl_vec_push(p->arena, &p->requires, requirement);
    return true;
}

static bool read_line(struct parser *p, struct pl_str line)
{
    p->line++;
    line = pl_str_sub(line, 0, pl_str_find_str(line, PL_STR(" #")));
    line = pl_str_trim(line);
    if (!line.len || *line.at == '#')
        return true;
    return *line.at == '[' ? begin_section(p, line) : add_requirement(p, line);
}

bool pl_egg_requires_parse(struct pl_arena *arena, struct pl_str text,
                           struct pl_metadata *out, struct pl_error *err)
{
    struct parser p = {.arena = arena, .err = err};
    struct pl_str line;
    for (size_t i = 0; i < out->extra_count; i++)
        pl_vec_push(arena, &p.extras, out->extras[i]);
    while (pl_str_cut(&text, '\n', &line))
        if (!read_line(&p, line))
            return false;
    out->requires = p.requires.at;
    out->require_count = p.requires.len;
    out->repaired = out->repaired || p.repaired;
    pl_metadata_set_extras(arena, p.extras.at, p.extras.len, out);
    return true;
}
