#include "cli/findings_show.h"

#include "cli/nearest.h"
#include "core/escape.h"

static const enum pl_level levels[] = {PL_LEVEL_ERROR, PL_LEVEL_WARNING,
                                       PL_LEVEL_NOTE};

const char *pl_level_name(enum pl_level level)
{
    static const char *const names[] = {[PL_LEVEL_NOTE] = "note",
                                        [PL_LEVEL_WARNING] = "warning",
                                        [PL_LEVEL_ERROR] = "error"};
    return names[level];
}

void pl_findings_text(struct pl_cli *cli, const struct pl_findings *findings)
{
    for (size_t i = 0; i < findings->list.len; i++) {
        const struct pl_finding *f = &findings->list.at[i];
        struct pl_str label = pl_arena_printf(
            cli->arena, "%s %s", pl_level_name(f->level), f->rule->id);
        pl_error_print(&f->told, label.at, cli->out.colour, &cli->text);
    }
}

/* ---- GitHub ---- */

static void add_line(struct pl_buf *out, const char *label, struct pl_str text)
{
    if (!text.len)
        return;
    pl_escape_github(out, PL_STR("\n"));
    pl_buf_addf(out, "%s: ", label);
    pl_escape_github(out, text);
}

static void add_github(struct pl_buf *out, const struct pl_finding *f)
{
    const char *kind =
        f->level == PL_LEVEL_NOTE ? "notice" : pl_level_name(f->level);
    pl_buf_addf(out, "::%s ", kind);
    if (f->told.span.source) {
        struct pl_place place = pl_span_place(f->told.span);
        pl_buf_add_cstr(out, "file=");
        pl_escape_github_property(out, f->told.span.source->name);
        pl_buf_addf(out, ",line=%u,col=%u,", place.line, place.column);
    }
    pl_buf_addf(out, "title=%s %s::", f->rule->id, f->rule->name);
    pl_escape_github(out, f->told.message);
    add_line(out, "because", f->told.because);
    add_line(out, "fix", f->told.hint);
    pl_buf_add_char(out, '\n');
}

void pl_findings_github(struct pl_cli *cli, const struct pl_findings *findings)
{
    for (size_t i = 0; i < findings->list.len; i++)
        add_github(&cli->text, &findings->list.at[i]);
}

/* ---- JSON ---- */

static void add_str(struct pl_jsonw *w, const char *key, struct pl_str text)
{
    if (text.len)
        pl_jsonw_str(w, key, text);
    else
        pl_jsonw_null(w, key);
}

static void add_place(struct pl_jsonw *w, struct pl_span span)
{
    if (!span.source) {
        pl_jsonw_null(w, "file");
        return;
    }
    struct pl_place place = pl_span_place(span);
    pl_jsonw_str(w, "file", span.source->name);
    pl_jsonw_u64(w, "line", place.line);
    pl_jsonw_u64(w, "column", place.column);
}

void pl_findings_json(struct pl_jsonw *w, const struct pl_findings *findings)
{
    static const char *const counts[] = {"errors", "warnings", "notes"};
    for (size_t i = 0; i < PL_COUNT(levels); i++)
        pl_jsonw_u64(w, counts[i], pl_findings_count(findings, levels[i]));
    pl_jsonw_array(w, "findings");
    for (size_t i = 0; i < findings->list.len; i++) {
        const struct pl_finding *f = &findings->list.at[i];
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "rule", pl_str_from(f->rule->id));
        pl_jsonw_str(w, "name", pl_str_from(f->rule->name));
        pl_jsonw_str(w, "level", pl_str_from(pl_level_name(f->level)));
        add_str(w, "package", f->package);
        add_place(w, f->told.span);
        pl_jsonw_str(w, "message", f->told.message);
        add_str(w, "because", f->told.because);
        add_str(w, "fix", f->told.hint);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
}

/* ---- all ---- */

struct pl_str pl_findings_summary(struct pl_arena *arena,
                                  const struct pl_findings *findings)
{
    static const char *const many[] = {"errors", "warnings", "notes"};
    struct pl_str out = {0};
    for (size_t i = 0; i < PL_COUNT(levels); i++) {
        size_t n = pl_findings_count(findings, levels[i]);
        struct pl_str count =
            pl_show_count(arena, n, pl_level_name(levels[i]), many[i]);
        if (n)
            out = pl_arena_printf(arena, "%.*s%s%.*s", PL_STR_ARG(out),
                                  out.len ? ", " : "", PL_STR_ARG(count));
    }
    return out.len ? out : PL_STR("nothing found");
}

int pl_findings_exit_code(const struct pl_findings *findings)
{
    return pl_findings_count(findings, PL_LEVEL_ERROR) ? 1 : 0;
}

static bool is_rule(const struct pl_finding_rule *rules, size_t count,
                    struct pl_str id)
{
    for (size_t i = 0; i < count; i++)
        if (pl_str_is(id, rules[i].id))
            return true;
    return false;
}

static bool no_rule(const struct pl_finding_rule *rules, size_t count,
                    struct pl_str id, struct pl_error *err)
{
    struct pl_nearest nearest = pl_nearest_to(id);
    for (size_t i = 0; i < count; i++)
        pl_nearest_try(&nearest, pl_str_from(rules[i].id));
    (void)pl_error_plain(err, PL_ERR_USAGE, "there is no rule `%.*s`",
                         PL_STR_ARG(id));
    return nearest.found.len
               ? pl_error_hint(err, "%.*s", PL_STR_ARG(nearest.found))
               : false;
}

bool pl_findings_ignored(struct pl_arena *arena,
                         const struct pl_finding_rule *rules, size_t count,
                         const struct pl_strs *given, struct pl_strs *ids,
                         struct pl_error *err)
{
    for (size_t i = 0; i < given->len; i++) {
        struct pl_str rest = given->at[i], id;
        while (pl_str_cut(&rest, ',', &id)) {
            id = pl_str_trim(id);
            if (!is_rule(rules, count, id))
                return no_rule(rules, count, id, err);
            pl_vec_push(arena, ids, id);
        }
    }
    return true;
}
