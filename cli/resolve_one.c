#include "cli/resolve_one.h"

#include "cli/resolve_check.h"
#include "cli/resolve_no.h"
#include "cli/resolve_options.h"
#include "cli/resolve_search.h"
#include "cli/resolve_show.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/trace.h"
#include "lockfmt/lock_write.h"
#include "lockfmt/reqs_write.h"
#include "resolver/problem_text.h"

static void close_index(struct pl_setup *setup)
{
    pl_index_close(setup->index);
}

static bool to_stdout(const struct pl_resolve_options *options)
{
    return !options->output_file.len || pl_str_is(options->output_file, "-");
}

static bool check_name(const struct pl_resolve_options *options,
                       enum pl_output_format format, struct pl_error *err)
{
    struct pl_str base = pl_path_base(options->output_file);
    if (options->check && to_stdout(options)) {
        pl_error_plain(err, PL_ERR_USAGE, "--check wants a file to look at");
        return pl_error_hint(err, "name it: -o pylock.toml");
    }
    if (format != PL_OUTPUT_PYLOCK || to_stdout(options) ||
        pl_lock_name_valid(base))
        return true;
    pl_error_plain(err, PL_ERR_USAGE, "`%.*s` is no name for a lock",
                   PL_STR_ARG(base));
    return pl_error_hint(err, "PEP 751 has pylock.toml and pylock.NAME.toml, "
                              "without a dot in NAME");
}

static void write_lock(const struct pl_answer *answer,
                       const struct pl_resolve_options *options,
                       enum pl_output_format format, struct pl_buf *out)
{
    struct pl_str name = to_stdout(options)
                             ? PL_STR("pylock.toml")
                             : pl_path_base(options->output_file);
    switch (format) {
    case PL_OUTPUT_REQUIREMENTS:
        if (to_stdout(options))
            name = PL_STR("requirements.txt");
        pl_reqs_write(answer->lock, name, out);
        return;
    case PL_OUTPUT_CONSTRAINTS:
        pl_constraints_write(answer->lock, out);
        return;
    case PL_OUTPUT_JSON:
        pl_answer_json(answer, out);
        return;
    case PL_OUTPUT_AUTO:
    case PL_OUTPUT_PYLOCK:
        pl_lock_write(answer->lock, name, out);
        return;
    }
}

/* The file holds the lock; people get the tables and one line. */
static bool save(struct pl_cli *cli, const struct pl_answer *answer,
                 const struct pl_resolve_options *options,
                 enum pl_output_format format, struct pl_str contents,
                 struct pl_error *err)
{
    bool is_same = pl_file_holds(options->output_file, contents);
    if (!options->dry_run && !pl_file_save(options->output_file, contents, err))
        return false;
    if (!cli->common.quiet)
        pl_answer_show(cli, answer);
    struct pl_str summary = pl_answer_summary(cli->arena, answer);
    struct pl_str took = pl_show_duration(cli->arena, answer->took_ns);
    pl_show_text(&cli->out, PL_STYLE_BOLD, summary, &cli->text);
    pl_cli_print(cli, "\n");
    if (cli->common.quiet)
        return true;
    pl_cli_print(cli, "%s ",
                 is_same            ? "Unchanged:"
                 : options->dry_run ? "Not written (--dry-run):"
                                    : "Written to");
    pl_show_text(&cli->out, PL_STYLE_PLAIN, options->output_file, &cli->text);
    pl_cli_print(cli, " in %.*s\n", PL_STR_ARG(took));
    if (format == PL_OUTPUT_JSON || format == PL_OUTPUT_CONSTRAINTS)
        return true;
    pl_cli_print(cli, "Install: ");
    struct pl_str line = pl_lock_install_line(
        cli->arena, answer->lock, pl_path_base(options->output_file));
    pl_show_text(&cli->out, PL_STYLE_PLAIN, line, &cli->text);
    pl_cli_print(cli, "\n");
    return true;
}

static void note_warnings(const struct pl_cli *cli,
                          const struct pl_answer *answer)
{
    for (size_t i = 0; i < answer->warnings.len; i++)
        pl_cli_note(cli, "podlock: warning: %.*s",
                    PL_STR_ARG(answer->warnings.at[i]));
}

static bool print(struct pl_cli *cli, const struct pl_answer *answer,
                  const struct pl_resolve_options *options,
                  struct pl_error *err)
{
    enum pl_output_format format;
    if (!pl_resolve_format(options, &format, err))
        return false;
    PL_BUF(contents, PL_MAX_OUTPUT_BYTES);
    write_lock(answer, options, format, &contents);
    if (!pl_buf_ok(&contents))
        return pl_error_plain(err, PL_ERR_LIMIT, "the lock is too large");
    if (options->check)
        return pl_resolve_check(cli, answer, options, pl_buf_view(&contents),
                                err);
    if (!to_stdout(options))
        return save(cli, answer, options, format, pl_buf_view(&contents), err);
    pl_buf_add_str(&cli->text, pl_buf_view(&contents));
    note_warnings(cli, answer);
    struct pl_str summary = pl_answer_summary(cli->arena, answer);
    pl_cli_note(cli, "%.*s", PL_STR_ARG(summary));
    return true;
}

static bool dump(const struct pl_resolve_options *options,
                 const struct pl_setup *setup, struct pl_error *err)
{
    if (!options->dump_dir.len)
        return true;
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    const struct pl_map *projects = &setup->problem.projects;
    for (size_t i = 0; i < projects->len; i++) {
        const struct pl_project *project = projects->entries[i].value;
        if (project->page && !pl_page_complete(project->page, err))
            return false;
    }
    pl_problem_text_write(&setup->problem, &text);
    if (!pl_buf_ok(&text))
        return pl_error_plain(err, PL_ERR_LIMIT, "the dump is too large");
    return pl_file_save(pl_path_join(setup->problem.arena, options->dump_dir,
                                     PL_STR("problem.txt")),
                        pl_buf_view(&text), err);
}

static bool search(struct pl_cli *cli, const struct pl_resolve_options *options,
                   struct pl_setup *setup, struct pl_solution *solution,
                   struct pl_error *err)
{
    bool good = pl_setup_make(cli, options, setup, err) &&
                pl_resolve_search(cli, options, setup, solution, err);
    pl_progress_end(&setup->progress);
    return good && dump(options, setup, err);
}

/* Of the question itself: the search for repairs reads more. */
static void note_reading(struct pl_cli *cli, const struct pl_setup *setup,
                         struct pl_answer *answer)
{
    size_t count;
    const struct pl_str *warnings = pl_index_warnings(setup->index, &count);
    for (size_t i = 0; i < count; i++)
        pl_vec_push(cli->arena, &answer->warnings, warnings[i]);
    answer->read = pl_index_stats(setup->index);
    PL_TRACE(PL_TRACE_SOLVE,
             "%u rounds; %llu pages and %llu metadata, with %llu requests and "
             "%llu bytes",
             (unsigned)answer->solution->stats.rounds,
             (unsigned long long)answer->read.pages,
             (unsigned long long)answer->read.metadata,
             (unsigned long long)answer->read.requests,
             (unsigned long long)answer->read.bytes);
}

/*
 * Closing writes to the cache what was learnt: only then it is known whether
 * that can be done.
 */
static void end_reading(const struct pl_cli *cli, struct pl_setup *setup)
{
    pl_index_close(setup->index);
    setup->index = NULL;
    struct pl_str trouble = {0};
    if (setup->cache)
        trouble = pl_cache_trouble(setup->cache);
    if (trouble.len)
        pl_cli_note(cli, "podlock: warning: %.*s", PL_STR_ARG(trouble));
}

int pl_resolve_one(struct pl_cli *cli, const struct pl_resolve_options *options)
{
    uint64_t start = pl_clock_ns();
    struct pl_error err = {.arena = cli->arena};
    struct pl_setup setup PL_CLEANUP(close_index) = {0};
    struct pl_solution solution;
    enum pl_output_format format;
    if (!pl_resolve_format(options, &format, &err) ||
        !check_name(options, format, &err) ||
        (options->dump_dir.len && !pl_dir_make(options->dump_dir, &err)) ||
        !search(cli, options, &setup, &solution, &err))
        return pl_cli_fail(cli, &err);
    struct pl_lock lock;
    struct pl_answer answer = {.setup = &setup, .solution = &solution};
    if (solution.satisfiable &&
        !pl_resolve_lock(&setup, options, &solution, &lock, &err))
        return pl_cli_fail(cli, &err);
    note_reading(cli, &setup, &answer);
    if (!solution.satisfiable &&
        !pl_answer_no_find(cli, options, &setup, &answer, &err))
        return pl_cli_fail(cli, &err);
    end_reading(cli, &setup);
    if (!solution.satisfiable) {
        note_warnings(cli, &answer);
        return pl_answer_no(cli, &answer, options->format == PL_OUTPUT_JSON);
    }
    answer.lock = &lock;
    pl_resolve_warnings(&setup, &solution, &answer.warnings);
    answer.took_ns = pl_clock_ns() - start;
    if (!pl_setup_allows(&setup, lock.download, &err) ||
        !print(cli, &answer, options, &err))
        return pl_cli_fail(cli, &err);
    return 0;
}
