#include "cli/resolve_show.h"

#include "core/escape.h"
#include "core/limits.h"

#define DEFAULT_WIDTH 80

static struct pl_str joined(struct pl_arena *arena, const struct pl_str *at,
                            size_t count)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    for (size_t i = 0; i < count; i++)
        pl_buf_addf(&text, "%s%.*s", i ? ", " : "", PL_STR_ARG(at[i]));
    return pl_arena_dup(arena, pl_buf_view(&text));
}

static struct pl_str size_of(struct pl_arena *arena,
                             const struct pl_lock_file *file)
{
    return file->has_size ? pl_show_bytes(arena, file->size) : PL_STR("?");
}

static void title(struct pl_cli *cli, const char *text, size_t count)
{
    pl_show_text(&cli->out, PL_STYLE_BOLD,
                 pl_arena_printf(cli->arena, "%s (%zu)", text, count),
                 &cli->text);
    pl_cli_print(cli, "\n");
}

static const struct pl_lock_replaced *replaced_by(const struct pl_lock *lock,
                                                  struct pl_str name)
{
    for (size_t i = 0; i < lock->replaced_count; i++)
        if (pl_str_eq(lock->replaced[i].name, name))
            return &lock->replaced[i];
    return NULL;
}

static void show_replaced(struct pl_cli *cli, const struct pl_lock *lock)
{
    static const struct pl_column columns[] = {
        {.title = NULL}, {.title = NULL}, {.right = true}, {.cut = true}};
    if (!lock->replaced_count)
        return;
    title(cli, "Replaced", lock->replaced_count);
    struct pl_table table;
    pl_table_init(&table, columns, PL_COUNT(columns));
    for (size_t i = 0; i < lock->package_count; i++) {
        const struct pl_lock_package *package = &lock->packages[i];
        const struct pl_lock_replaced *r = replaced_by(lock, package->name);
        if (!r)
            continue;
        pl_table_row(&table);
        pl_table_cell(&table, r->name, PL_STYLE_YELLOW);
        pl_table_cell(&table,
                      pl_arena_printf(cli->arena, "%.*s -> %.*s",
                                      PL_STR_ARG(r->from), PL_STR_ARG(r->to)),
                      PL_STYLE_PLAIN);
        pl_table_cell(&table, size_of(cli->arena, &package->file),
                      PL_STYLE_PLAIN);
        pl_table_cell(&table, r->because, PL_STYLE_DIM);
    }
    pl_table_print(&table, 2, &cli->out, &cli->text);
    pl_table_finish(&table);
}

static void show_added(struct pl_cli *cli, const struct pl_lock *lock)
{
    static const struct pl_column columns[] = {
        {.title = NULL}, {.title = NULL}, {.right = true}, {.cut = true}};
    size_t count = lock->package_count - lock->replaced_count;
    if (!count)
        return;
    title(cli, "Added", count);
    struct pl_table table;
    pl_table_init(&table, columns, PL_COUNT(columns));
    for (size_t i = 0; i < lock->package_count; i++) {
        const struct pl_lock_package *package = &lock->packages[i];
        if (replaced_by(lock, package->name))
            continue;
        struct pl_str via =
            joined(cli->arena, package->via, package->via_count);
        if (package->file.is_sdist)
            via = pl_arena_printf(cli->arena, "from source; %.*s",
                                  PL_STR_ARG(via));
        pl_table_row(&table);
        pl_table_cell(&table, package->name, PL_STYLE_GREEN);
        pl_table_cell(&table, package->version, PL_STYLE_PLAIN);
        pl_table_cell(&table, size_of(cli->arena, &package->file),
                      PL_STYLE_PLAIN);
        pl_table_cell(&table, via, PL_STYLE_DIM);
    }
    pl_table_print(&table, 2, &cli->out, &cli->text);
    pl_table_finish(&table);
}

static void show_provided(struct pl_cli *cli, const struct pl_lock *lock,
                          bool locked, const char *label)
{
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    size_t count = 0;
    for (size_t i = 0; i < lock->provided_count; i++) {
        const struct pl_lock_provided *p = &lock->provided[i];
        if (p->locked == locked)
            pl_buf_addf(&text, "%s%.*s %.*s", count++ ? ", " : label,
                        PL_STR_ARG(p->name), PL_STR_ARG(p->version));
    }
    /* prose is broken even where nothing else is */
    struct pl_show show = cli->out;
    show.width = show.width ? show.width : DEFAULT_WIDTH;
    if (count)
        pl_show_wrapped(&show, 2, pl_buf_view(&text), &cli->text);
}

static void show_kept(struct pl_cli *cli, const struct pl_lock *lock)
{
    if (!lock->provided_count)
        return;
    title(cli, "Kept, and needed by the answer", lock->provided_count);
    show_provided(cli, lock, true, "never replaced: ");
    show_provided(cli, lock, false, "as they are: ");
}

/* Who lifts a rule in a file owes its readers the reason. */
static void show_ignored(struct pl_cli *cli, const struct pl_answer *answer)
{
    const struct pl_lock *lock = answer->lock;
    const struct pl_ignored_vec *reasons = &answer->setup->reasons;
    struct pl_show show = cli->out;
    show.width = show.width ? show.width : DEFAULT_WIDTH;
    if (!lock->ignored_rule_count)
        return;
    title(cli, "Rules ignored", lock->ignored_rule_count);
    for (size_t i = 0; i < lock->ignored_rule_count; i++) {
        struct pl_str id = lock->ignored_rules[i], reason = {0};
        for (size_t k = 0; k < reasons->len; k++)
            if (pl_str_eq(reasons->at[k].id, id))
                reason = reasons->at[k].reason;
        PL_BUF(line, PL_MAX_OUTPUT_BYTES);
        pl_escape_terminal(&line, id);
        pl_buf_add_cstr(&line, reason.len ? ": " : "");
        pl_escape_terminal(&line, reason);
        pl_show_wrapped(&show, 2, pl_buf_view(&line), &cli->text);
    }
}

/* Which container the answer is for, and who said so. */
static void show_template(struct pl_cli *cli, const struct pl_setup *setup)
{
    const struct pl_template *template = &setup->template;
    if (!setup->has_template)
        return;
    const struct pl_fact *torch = pl_template_fact(template, PL_STR("torch"));
    pl_cli_print(cli, "For ");
    pl_show_text(&cli->out, PL_STYLE_BOLD, template->id, &cli->text);
    struct pl_str text = pl_arena_printf(
        cli->arena, " (Python %.*s%s%.*s), named by %.*s%s",
        PL_STR_ARG(template->env.python_version), torch ? ", torch " : "",
        torch ? (int)torch->version.text.len : 0,
        torch ? torch->version.text.at : "", PL_STR_ARG(setup->template_from),
        template->match == PL_TEMPLATE_BY_TAG
            ? "; a guess from the image's tag, which may not say the truth"
            : "");
    pl_show_text(&cli->out, PL_STYLE_PLAIN, text, &cli->text);
    pl_cli_print(cli, "\n");
}

void pl_answer_show(struct pl_cli *cli, const struct pl_answer *answer)
{
    show_template(cli, answer->setup);
    show_replaced(cli, answer->lock);
    show_added(cli, answer->lock);
    show_kept(cli, answer->lock);
    show_ignored(cli, answer);
    for (size_t i = 0; i < answer->warnings.len; i++) {
        pl_show_text(&cli->out, PL_STYLE_YELLOW, PL_STR("warning: "),
                     &cli->text);
        pl_show_text(&cli->out, PL_STYLE_PLAIN, answer->warnings.at[i],
                     &cli->text);
        pl_cli_print(cli, "\n");
    }
}

struct pl_str pl_answer_summary(struct pl_arena *arena,
                                const struct pl_answer *answer)
{
    const struct pl_lock *lock = answer->lock;
    PL_BUF(text, PL_MAX_MESSAGE_BYTES);
    struct pl_str count =
        pl_show_count(arena, lock->package_count, "package", "packages");
    struct pl_str bytes = pl_show_bytes(arena, lock->download);
    pl_buf_addf(&text, "Locked %.*s (%.*s)", PL_STR_ARG(count),
                PL_STR_ARG(bytes));
    if (lock->replaced_count)
        pl_buf_addf(&text, ", %zu of them replaced", lock->replaced_count);
    if (answer->setup->has_template) {
        size_t unknown;
        uint64_t saved = pl_resolve_saved(answer->solution, &unknown);
        struct pl_str size = pl_show_bytes(arena, saved);
        pl_buf_addf(&text, "; %zu kept from %.*s", lock->provided_count,
                    PL_STR_ARG(answer->setup->template.id));
        if (saved || unknown)
            pl_buf_addf(&text, "; %.*s not downloaded again", PL_STR_ARG(size));
        if (unknown)
            pl_buf_addf(&text, " (%zu of unknown size)", unknown);
    }
    return pl_arena_dup(arena, pl_buf_view(&text));
}
