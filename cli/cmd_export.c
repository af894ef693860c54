#include "cli/commands.h"
#include "cli/lock_show.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"
#include "lockfmt/cyclonedx.h"
#include "lockfmt/lock_public.h"
#include "lockfmt/reqs_write.h"

enum format { REQUIREMENTS, CONSTRAINTS, JSON, CYCLONEDX };

struct values {
    unsigned format; /* enum format */
    unsigned annotation_style;
    bool no_hashes, no_header, no_annotate;
    struct pl_str output_file;
};

#define OPT(member) offsetof(struct values, member)

static const struct pl_option options[] = {
    {.name = "format",
     .kind = PL_OPTION_CHOICE,
     .offset = OPT(format),
     .value = "requirements.txt|constraints.txt|json|cyclonedx",
     .group = "Options",
     .help = "what to write; the output's name may say it"},
    {.name = "json",
     .kind = PL_OPTION_ALIAS,
     .value = "format=json",
     .help = "the same as --format json"},
    PL_OPTION_OUTPUT(OPT(output_file)),
    {.name = "no-hashes",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(no_hashes),
     .help = "requirements.txt without hashes: for commits and folders, "
             "which pip cannot check"},
    {.name = "no-header",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(no_header),
     .help = "no comment at the top"},
    {.name = "no-annotate",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(no_annotate),
     .help = "no `# via` comments"},
    {.name = "annotation-style",
     .kind = PL_OPTION_CHOICE,
     .offset = OPT(annotation_style),
     .value = "split|line",
     .help = "how `# via` stands in requirements.txt"},
};

static bool to_stdout(const struct values *values)
{
    return !values->output_file.len || pl_str_is(values->output_file, "-");
}

static enum format format_of(struct pl_cli *cli, const struct values *values)
{
    struct pl_str name = pl_path_base(values->output_file);
    if (pl_parsed_source(cli->arena, &cli->parsed, "format").len ||
        values->format)
        return (enum format)values->format;
    if (pl_str_ends(name, ".cdx.json") || pl_str_is(name, "bom.json"))
        return CYCLONEDX;
    if (pl_str_ends(name, ".json"))
        return JSON;
    return pl_str_starts(name, "constraints") ? CONSTRAINTS : REQUIREMENTS;
}

/* What gives this file again, without folders of this machine. */
static struct pl_str command_of(struct pl_cli *cli, struct pl_str path,
                                const struct values *values, enum format format)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    pl_buf_add_cstr(&text, "podlock export ");
    pl_escape_shell(&text,
                    pl_str_starts(path, "/") ? pl_path_base(path) : path);
    if (format == CONSTRAINTS)
        pl_buf_add_cstr(&text, " --format constraints.txt");
    if (values->no_hashes)
        pl_buf_add_cstr(&text, " --no-hashes");
    if (values->annotation_style)
        pl_buf_add_cstr(&text, " --annotation-style line");
    if (values->no_annotate)
        pl_buf_add_cstr(&text, " --no-annotate");
    return pl_arena_dup(cli->arena, pl_buf_view(&text));
}

static void tell_left(const struct pl_cli *cli, const struct pl_lock_left *left)
{
    if (left->users)
        pl_cli_note(cli,
                    "podlock: warning: user names or passwords of %zu URLs "
                    "are left out",
                    left->users);
    if (left->packages)
        pl_cli_note(cli,
                    "podlock: warning: %zu packages that only an extra or a "
                    "group needs are left out",
                    left->packages);
}

static void tell_unpinned(const struct pl_cli *cli, const struct pl_lock *lock)
{
    for (size_t i = 0; i < lock->package_count; i++)
        if (!pl_pin_possible(&lock->packages[i]))
            pl_cli_note(cli,
                        "podlock: warning: `%.*s` is not held: the lock does "
                        "not state its version",
                        PL_STR_ARG(lock->packages[i].name));
}

/* ---- the formats ---- */

static bool write_requirements(struct pl_cli *cli, const struct values *values,
                               enum format format, struct pl_str path,
                               const struct pl_lock *lock, struct pl_buf *out,
                               struct pl_error *err)
{
    struct pl_lock plain, flat;
    struct pl_lock_left left = {0};
    struct pl_str folder =
        pl_str_is(path, "-") ? PL_STR(".") : pl_path_dir(path);
    pl_lock_without_users(cli->arena, lock, true, &plain, &left);
    if (!pl_lock_for_requirements(cli->arena, &plain, folder, &flat, &left,
                                  err))
        return false;
    flat.with_header = !values->no_header;
    flat.with_via = !values->no_annotate;
    flat.via_split = !values->annotation_style;
    flat.without_hashes = values->no_hashes;
    flat.made_by = command_of(cli, path, values, format);
    if (format == REQUIREMENTS && !pl_reqs_check(&flat, err))
        return false;
    tell_left(cli, &left);
    if (format == REQUIREMENTS) {
        pl_reqs_write(&flat, pl_path_base(values->output_file), out);
    } else {
        tell_unpinned(cli, &flat);
        pl_constraints_write(&flat, out);
    }
    return true;
}

static bool write_json(struct pl_cli *cli, enum format format,
                       struct pl_str path, const struct pl_lock *lock,
                       struct pl_buf *out, struct pl_error *err)
{
    struct pl_lock plain;
    struct pl_lock_left left = {0};
    struct pl_cyclonedx_made_by by = {
        .lock_name =
            pl_str_is(path, "-") ? PL_STR("pylock.toml") : pl_path_base(path),
        .version = PL_STR(PODLOCK_VERSION),
    };
    pl_lock_without_users(cli->arena, lock, false, &plain, &left);
    tell_left(cli, &left);
    if (format == CYCLONEDX)
        return pl_cyclonedx_write(cli->arena, &plain, &by, out, err);
    pl_lock_json(&plain, out);
    return true;
}

/* ---- the command ---- */

static bool save(struct pl_cli *cli, const struct values *values,
                 struct pl_str path, const struct pl_lock *lock,
                 struct pl_str contents, struct pl_error *err)
{
    if (to_stdout(values)) {
        pl_buf_add_str(&cli->text, contents);
        return true;
    }
    if (!pl_lock_spare_inputs(values->output_file, path, lock, err) ||
        !pl_file_save(values->output_file, contents, err))
        return false;
    struct pl_str count =
        pl_show_count(cli->arena, lock->package_count, "package", "packages");
    pl_cli_print(cli, "Exported %.*s to ", PL_STR_ARG(count));
    pl_show_text(&cli->out, PL_STYLE_PLAIN, values->output_file, &cli->text);
    pl_cli_print(cli, "\n");
    return true;
}

static int run(struct pl_cli *cli, const void *given)
{
    const struct values *values = given;
    struct pl_error err = {.arena = cli->arena};
    enum format format = format_of(cli, values);
    struct pl_lock lock;
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    struct pl_str path =
        cli->parsed.args.len ? cli->parsed.args.at[0] : PL_STR("pylock.toml");
    if (!pl_lock_spare(values->output_file, &err) ||
        !pl_lock_open(cli, path, &lock, &err))
        return pl_cli_fail(cli, &err);
    bool good =
        format == JSON || format == CYCLONEDX
            ? write_json(cli, format, path, &lock, &text, &err)
            : write_requirements(cli, values, format, path, &lock, &text, &err);
    if (good && !pl_buf_ok(&text))
        good = pl_error_plain(&err, PL_ERR_LIMIT, "the file is too large");
    if (!good || !save(cli, values, path, &lock, pl_buf_view(&text), &err))
        return pl_cli_fail(cli, &err);
    return 0;
}

const struct pl_command pl_cmd_export = {
    .name = "export",
    .args = "[LOCK]",
    .summary = "write a lock in another format",
    .text =
        "Writes any pylock.toml as hashed requirements.txt, for pip before "
        "26.1, as constraints, as JSON, or as a CycloneDX 1.5 bill of "
        "materials. What the format cannot hold is an error at its place in "
        "the lock. User names and passwords of URLs are left out. LOCK is "
        "pylock.toml when it is not given.",
    .examples = "podlock export -o requirements.txt\tfor an older pip\n"
                "podlock export --format cyclonedx -o bom.json\ta bill of "
                "materials\n"
                "podlock export pylock.dev.toml --format "
                "constraints.txt\tpins alone",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct values),
    .max_args = 1,
    .run = run,
};
