#include "cli/resolve_repair.h"

#include "cli/repair_template.h"
#include "cli/resolve_index.h"
#include "core/clock.h"
#include "core/limits.h"

/* However hard they are, so many changes are tried. */
#define QUESTIONS_AT_LEAST 5

/* ---- finding them ---- */

bool pl_repairs_time(const struct pl_resolve_options *options,
                     uint64_t *seconds, struct pl_error *err)
{
    struct pl_str text = options->repair_time;
    *seconds = PL_REPAIR_SECONDS;
    if (text.len && (!pl_str_to_u64(text, seconds) ||
                     *seconds > PL_MAX_REPAIR_SECONDS || !*seconds))
        return pl_error_plain(err, PL_ERR_USAGE,
                              "`--repair-time` takes 1 to %d seconds, not "
                              "`%.*s`",
                              PL_MAX_REPAIR_SECONDS, PL_STR_ARG(text));
    return true;
}

static struct pl_str place_of(struct pl_arena *arena,
                              const struct pl_repair *repair)
{
    return repair->asked
               ? pl_arena_printf(arena,
                                 "%.*s: ", PL_STR_ARG(repair->asked->where))
               : (struct pl_str){0};
}

/* The change as it is told: "requirements.in:7: typing-extensions>=4.7.1". */
static struct pl_str change_text(struct pl_arena *arena,
                                 const struct pl_repair *repair)
{
    struct pl_str place = place_of(arena, repair);
    if (repair->kind == PL_REPAIR_DROP)
        return pl_arena_printf(arena, "%.*swithout %.*s", PL_STR_ARG(place),
                               PL_STR_ARG(repair->asked->req.text));
    return pl_arena_printf(arena, "%.*s%.*s%s", PL_STR_ARG(place),
                           PL_STR_ARG(repair->text),
                           repair->kind == PL_REPAIR_REQUIREMENT && !place.len
                               ? " as one more line"
                               : "");
}

struct looking {
    struct pl_cli *cli;
    const struct pl_resolve_options *options;
    struct pl_setup *setup;
};

static void report(void *user, const struct pl_repair *trying)
{
    PL_ARENA(scratch);
    const struct looking *l = user;
    struct pl_str change = trying->kind == PL_REPAIR_DATE
                               ? PL_STR("--exclude-newer")
                               : change_text(&scratch, trying);
    pl_progress_say(
        &l->setup->progress,
        pl_arena_printf(&scratch, "Trying %.*s", PL_STR_ARG(change)));
}

static struct pl_index *reopen(void *user)
{
    const struct looking *l = user;
    struct pl_error err = {.arena = l->cli->arena};
    pl_index_close(l->setup->index);
    l->setup->index = NULL;
    (void)!pl_resolve_index_open(l->cli, l->options, l->setup, &err);
    return l->setup->index;
}

bool pl_repairs_look(struct pl_cli *cli,
                     const struct pl_resolve_options *options,
                     struct pl_setup *setup, const struct pl_conflict *conflict,
                     struct pl_found_repairs *out, struct pl_error *err)
{
    uint64_t seconds;
    if (!pl_repairs_time(options, &seconds, err))
        return false;
    *out = (struct pl_found_repairs){.looked = !options->no_repairs};
    if (options->no_repairs)
        return true;
    out->time =
        pl_arena_printf(cli->arena, "%llu s", (unsigned long long)seconds);
    struct looking looking = {cli, options, setup};
    struct pl_repair_search search = {
        .problem = &setup->problem,
        .index = setup->index,
        .conflict = conflict,
        .max_download = setup->max_download,
        .deadline_ns = pl_clock_ns() + seconds * PL_SECOND_NS,
        .question_ns = seconds * PL_SECOND_NS / QUESTIONS_AT_LEAST,
        .report = report,
        .reopen = reopen,
        .user = &looking,
    };
    pl_progress_begin(&setup->progress, cli, options->no_progress);
    pl_repairs_find(&search, cli->arena, &out->repairs);
    pl_repairs_add_templates(cli, options, setup, &search, &out->repairs);
    pl_progress_end(&setup->progress);
    return true;
}

/* ---- for people ---- */

static struct pl_str cost_text(struct pl_arena *arena,
                               const struct pl_repair *repair)
{
    struct pl_str count =
        pl_show_count(arena, repair->packages, "package", "packages");
    struct pl_str bytes = pl_show_bytes(arena, repair->download);
    struct pl_str text = pl_arena_printf(arena, "%.*s, %.*s", PL_STR_ARG(count),
                                         PL_STR_ARG(bytes));
    if (repair->packages == 0)
        return PL_STR("nothing to install");
    return repair->replaced
               ? pl_arena_printf(arena, "%.*s; replaces %zu", PL_STR_ARG(text),
                                 repair->replaced)
               : text;
}

static void add_also(struct pl_arena *arena, const struct pl_repair *also,
                     struct pl_table *table)
{
    struct pl_str text = change_text(arena, also);
    pl_table_row(table);
    pl_table_cell(table, pl_arena_printf(arena, "and %.*s", PL_STR_ARG(text)),
                  PL_STYLE_GREEN);
    pl_table_cell(table, PL_STR(""), PL_STYLE_PLAIN);
}

static void show_list(struct pl_arena *arena, const struct pl_show *show,
                      const struct pl_repairs *repairs, struct pl_buf *out)
{
    static const struct pl_column columns[] = {{.title = NULL},
                                               {.title = NULL}};
    struct pl_table table;
    /* what is to be copied is never cut */
    struct pl_show wide = *show;
    wide.width = 0;
    pl_table_init(&table, columns, PL_COUNT(columns));
    for (size_t i = 0; i < repairs->list.len; i++) {
        const struct pl_repair *repair = &repairs->list.at[i];
        pl_table_row(&table);
        pl_table_cell(&table, change_text(arena, repair), PL_STYLE_GREEN);
        pl_table_cell(&table, cost_text(arena, repair), PL_STYLE_DIM);
        for (size_t n = 0; n < repair->also_count; n++)
            add_also(arena, &repair->also[n], &table);
    }
    pl_table_print(&table, 2, &wide, out);
    pl_table_finish(&table);
}

static void show_end(const struct pl_found_repairs *found, struct pl_buf *out)
{
    const char *more = found->repairs.list.len ? "more " : "";
    if (found->repairs.is_cut)
        pl_buf_addf(out,
                    "stopped looking for %sfixes: the index does not "
                    "answer\n",
                    more);
    else if (found->repairs.out_of_time)
        pl_buf_addf(out,
                    "not every change could be tried in %.*s "
                    "(--repair-time)\n",
                    PL_STR_ARG(found->time));
}

void pl_repairs_show(struct pl_arena *arena, const struct pl_show *show,
                     const struct pl_found_repairs *found, struct pl_buf *out)
{
    const struct pl_repairs *repairs = &found->repairs;
    if (!found->looked)
        return;
    if (repairs->list.len) {
        pl_show_text(show, PL_STYLE_BOLD, PL_STR("fix"), out);
        pl_buf_add_cstr(out, repairs->list.len == 1
                                 ? ": this was tried:\n"
                                 : ": one of these, each was tried:\n");
        show_list(arena, show, repairs, out);
    } else if (repairs->questions && !repairs->out_of_time &&
               !repairs->is_cut) {
        pl_buf_addf(out, "nothing that helps was found (%zu tried)\n",
                    repairs->questions);
    }
    show_end(found, out);
}

/* ---- for programs ---- */

static void write_place(struct pl_jsonw *w, const struct pl_asked *asked)
{
    if (!asked || !asked->span.source)
        return;
    struct pl_place place = pl_span_place(asked->span);
    pl_jsonw_object(w, "place");
    pl_jsonw_str(w, "file", asked->span.source->name);
    pl_jsonw_u64(w, "line", place.line);
    pl_jsonw_u64(w, "column", place.column);
    pl_jsonw_str(w, "text", asked->req.text);
    pl_jsonw_end(w);
}

/* Whose value it is; NULL: the text says it all. */
static const char *value_key(enum pl_repair_kind kind)
{
    switch (kind) {
    case PL_REPAIR_REQUIREMENT:
    case PL_REPAIR_CONSTRAINT:
    case PL_REPAIR_OVERRIDE:
    case PL_REPAIR_SOURCE:
    case PL_REPAIR_ALLOW_REPLACE:
    case PL_REPAIR_ALLOW_BREAK:
    case PL_REPAIR_DROP:
        return "package";
    case PL_REPAIR_DATE:
        return "date";
    case PL_REPAIR_TEMPLATE:
        return "template";
    case PL_REPAIR_IGNORE_RULE:
        return "rule";
    case PL_REPAIR_PRERELEASE:
    case PL_REPAIR_REPLACE:
        return NULL;
    }
    return NULL;
}

static void write_change(struct pl_jsonw *w, const struct pl_repair *repair)
{
    const char *key = value_key(repair->kind);
    pl_jsonw_str(w, "kind", pl_str_from(pl_repair_kind_text(repair->kind)));
    pl_jsonw_str(w, "text", repair->text);
    if (key)
        pl_jsonw_str(w, key, repair->value);
    write_place(w, repair->asked);
}

static void write_repair(struct pl_jsonw *w, const struct pl_repair *repair)
{
    pl_jsonw_object(w, NULL);
    write_change(w, repair);
    pl_jsonw_array(w, "with");
    for (size_t i = 0; i < repair->also_count; i++) {
        pl_jsonw_object(w, NULL);
        write_change(w, &repair->also[i]);
        pl_jsonw_end(w);
    }
    pl_jsonw_end(w);
    pl_jsonw_bool(w, "verified", true);
    pl_jsonw_u64(w, "new", repair->packages - repair->replaced);
    pl_jsonw_u64(w, "replaced", repair->replaced);
    pl_jsonw_u64(w, "download", repair->download);
    pl_jsonw_end(w);
}

void pl_repairs_json(const struct pl_found_repairs *found, struct pl_jsonw *w)
{
    if (!found->looked)
        return;
    pl_jsonw_array(w, "repairs");
    for (size_t i = 0; i < found->repairs.list.len; i++)
        write_repair(w, &found->repairs.list.at[i]);
    pl_jsonw_end(w);
    pl_jsonw_bool(w, "repairs-complete",
                  !found->repairs.out_of_time && !found->repairs.is_cut);
}
