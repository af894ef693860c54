#include "cli/commands.h"
#include "cli/lock_show.h"
#include "cli/snapshot.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/map.h"
#include "lockfmt/lock_header.h"
#include "lockfmt/lock_public.h"
#include "lockfmt/reqs_write.h"
#include "pep/marker.h"
#include "rules/template.h"

struct values {
    bool keep, no_header;
    struct pl_str wanted, output_file; /* `wanted`: a template */
};

#define OPT(member) offsetof(struct values, member)

static const struct pl_option options[] = {
    {.name = "template",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(wanted),
     .value = "ID|FILE|IMAGE",
     .group = "Options",
     .help = "the container; without a LOCK, hold what it protects, alone"},
    {.name = "keep",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(keep),
     .help = "hold all else that it has, too"},
    PL_OPTION_OUTPUT(OPT(output_file)),
    {.name = "no-header",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(no_header),
     .help = "no comment at the top"},
};

struct guard {
    struct pl_cli *cli;
    const struct values *values;
    struct pl_str path; /* of the lock; empty: none is read */
    bool is_told;       /* the template, on the command line itself */
    struct pl_lock lock;
    bool has_template;
    struct pl_template template;
    size_t protected_count;
};

static bool to_stdout(const struct values *values)
{
    return !values->output_file.len || pl_str_is(values->output_file, "-");
}

/* ---- what is held ---- */

static bool read_lock(struct guard *g, struct pl_error *err)
{
    struct pl_lock read, plain;
    struct pl_lock_left left = {0};
    if (!g->path.len)
        return true;
    if (!pl_lock_open(g->cli, g->path, &read, err))
        return false;
    pl_lock_without_users(g->cli->arena, &read, true, &plain, &left);
    return pl_lock_for_requirements(g->cli->arena, &plain, PL_STR("."),
                                    &g->lock, &left, err);
}

/* A lock for another state of the container may rely on what is gone. */
static void compare_digests(const struct guard *g)
{
    struct pl_str digest = g->lock.template_digest;
    if (g->path.len && digest.len && !pl_str_eq(digest, g->template.digest))
        pl_cli_note(g->cli,
                    "podlock: warning: %.*s was made for another state of %.*s",
                    PL_STR_ARG(g->path), PL_STR_ARG(g->template.id));
}

static bool fail_nothing(struct pl_error *err)
{
    pl_error_plain(err, PL_ERR_USAGE, "there is nothing to hold");
    return pl_error_hint(err, "a LOCK has pins, or a --template of "
                              "`podlock templates` what it protects");
}

static bool find_template(struct guard *g, struct pl_error *err)
{
    struct pl_str wanted = g->values->wanted;
    bool from_lock = !g->is_told && g->lock.template_id.len;
    if (from_lock)
        wanted = g->lock.template_id;
    if (!wanted.len || pl_str_is(wanted, "none"))
        return g->path.len || fail_nothing(err);
    if (from_lock &&
        !pl_template_find(g->cli->arena, wanted, &g->template, err))
        return pl_error_hint(err, "the lock names it; --template FILE says "
                                  "what it holds");
    if (!from_lock &&
        !pl_snapshot_or_template(g->cli, wanted, &g->template, err))
        return false;
    g->has_template = true;
    compare_digests(g);
    return true;
}

/* An entry for another environment changes nothing in this one. */
static bool is_here(const struct guard *g,
                    const struct pl_lock_package *package)
{
    const struct pl_marker *marker;
    return !package->marker.len || !g->has_template ||
           !pl_marker_parse(g->cli->arena, package->marker, &marker, NULL) ||
           pl_marker_eval(marker, &g->template.env, (struct pl_str){0});
}

/* Another tool's lock knows nothing of what the container protects. */
static bool is_held(const struct guard *g, const struct pl_map *held,
                    const struct pl_fact *fact)
{
    bool is_protected = fact->protect == PL_PROTECT_LOCKED;
    return (is_protected || g->values->keep) &&
           (!pl_map_get(held, fact->name) ||
            (is_protected && g->lock.is_foreign));
}

/*
 * podlock's own packages come first: what they replace is theirs. What a lock
 * relies on stays held, protected or not.
 */
static void add_facts(struct guard *g)
{
    struct pl_arena *arena = g->cli->arena;
    const struct pl_template *t = &g->template;
    struct pl_map held = {.arena = arena};
    size_t count = g->lock.provided_count;
    struct pl_lock_provided *provided =
        pl_new_array(arena, struct pl_lock_provided, count + t->fact_count);
    for (size_t i = 0; i < g->lock.package_count; i++)
        if (is_here(g, &g->lock.packages[i]))
            pl_map_put(&held, g->lock.packages[i].name, g);
    for (size_t i = 0; i < count; i++) {
        provided[i] = g->lock.provided[i];
        pl_map_put(&held, provided[i].name, g);
    }
    for (size_t i = 0; i < t->fact_count; i++) {
        const struct pl_fact *fact = &t->facts[i];
        g->protected_count += fact->protect == PL_PROTECT_LOCKED;
        if (is_held(g, &held, fact))
            provided[count++] = (struct pl_lock_provided){
                .name = fact->name,
                .version = pl_version_text(arena, &fact->version),
            };
    }
    g->lock.provided = provided;
    g->lock.provided_count = count;
    pl_lock_sort(&g->lock);
}

static bool is_writable(struct pl_str line)
{
    struct pl_str part;
    while (pl_str_cut(&line, ';', &part))
        if (!pl_reqs_is_marker(pl_str_trim(part)))
            return false;
    return true;
}

/* PIP_CONSTRAINT is one list: what the image had set would be gone. */
static void add_constraints(const struct guard *g, struct pl_buf *out)
{
    const struct pl_template *t = &g->template;
    if (t->constraint_count)
        pl_buf_add_cstr(out, "# The container's own constraints:\n");
    for (size_t i = 0; i < t->constraint_count; i++) {
        PL_BUF(text, PL_MAX_OUTPUT_BYTES);
        pl_requirement_print(&t->constraints[i], &text);
        if (is_writable(pl_buf_view(&text))) {
            pl_buf_add_str(out, pl_buf_view(&text));
            pl_buf_add_char(out, '\n');
            continue;
        }
        pl_cli_note(g->cli,
                    "podlock: warning: the container's constraint `%.*s` "
                    "cannot be written here",
                    PL_STR_ARG(t->constraints[i].text));
    }
}

/* ---- text ---- */

static struct pl_str command_of(const struct guard *g)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    struct pl_str wanted = g->values->wanted, none = {0};
    struct pl_str words[] = {g->path, g->is_told ? wanted : none};
    pl_buf_add_cstr(&text, "podlock guard");
    for (size_t i = 0; i < PL_COUNT(words); i++) {
        if (!words[i].len)
            continue;
        pl_buf_add_cstr(&text, i ? " --template " : " ");
        pl_escape_shell(&text, pl_str_starts(words[i], "/")
                                   ? pl_path_base(words[i])
                                   : words[i]);
    }
    pl_buf_add_cstr(&text, g->values->keep ? " --keep" : "");
    return pl_arena_dup(g->cli->arena, pl_buf_view(&text));
}

static void write_text(struct guard *g, struct pl_buf *out)
{
    g->lock.with_header = !g->values->no_header;
    g->lock.made_by = command_of(g);
    if (g->has_template)
        g->lock.template_id = g->template.id;
    pl_lock_header(&g->lock,
                   "What pip and uv may not change in this container.", out);
    if (g->lock.with_header)
        pl_buf_add_cstr(out,
                        "# They obey it where these name its place:\n"
                        "#     export PIP_CONSTRAINT=/path/of/this/file\n"
                        "#     export UV_CONSTRAINT=/path/of/this/file\n\n");
    pl_pins_write(&g->lock, out);
    add_constraints(g, out);
}

/* The shell knows the folder; both variables are lists parted by spaces. */
static void tell_lines(const struct guard *g)
{
    struct pl_str file = g->values->output_file;
    bool is_absolute = pl_str_starts(file, "/");
    bool has_space = pl_str_has(file, ' ') || pl_str_has(file, '\t');
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    if (!is_absolute)
        pl_buf_add_cstr(&text, "\"$PWD\"/");
    pl_escape_shell(&text, file);
    struct pl_str value = pl_buf_view(&text);
    pl_cli_print(g->cli, "For pip and uv to obey it:\n");
    pl_cli_print(g->cli, "    export PIP_CONSTRAINT=");
    pl_show_text(&g->cli->out, PL_STYLE_PLAIN, value, &g->cli->text);
    pl_cli_print(g->cli, "\n    export UV_CONSTRAINT=");
    pl_show_text(&g->cli->out, PL_STYLE_PLAIN, value, &g->cli->text);
    pl_cli_print(g->cli, "\n");
    if (has_space)
        pl_cli_note(g->cli, "podlock: warning: pip and uv part these values at "
                            "spaces; choose a name without one");
}

static void tell_saved(const struct guard *g)
{
    struct pl_arena *arena = g->cli->arena;
    size_t held = g->lock.package_count + g->lock.provided_count;
    struct pl_str all = pl_show_count(arena, held, "package", "packages");
    pl_cli_print(g->cli, "Held %.*s", PL_STR_ARG(all));
    if (g->has_template) {
        pl_cli_print(g->cli, ", %zu of them protected by ", g->protected_count);
        pl_show_text(&g->cli->out, PL_STYLE_PLAIN, g->template.id,
                     &g->cli->text);
    }
    pl_cli_print(g->cli, "\nWritten to ");
    pl_show_text(&g->cli->out, PL_STYLE_PLAIN, g->values->output_file,
                 &g->cli->text);
    pl_cli_print(g->cli, "\n");
    tell_lines(g);
}

static bool write(struct guard *g, struct pl_error *err)
{
    PL_BUF(text, PL_MAX_OUTPUT_BYTES);
    write_text(g, &text);
    if (!pl_buf_ok(&text))
        return pl_error_plain(err, PL_ERR_LIMIT, "the file is too large");
    for (size_t i = 0; i < g->lock.package_count; i++)
        if (!pl_pin_possible(&g->lock.packages[i]))
            pl_cli_note(g->cli,
                        "podlock: warning: `%.*s` is not held: the lock does "
                        "not state its version",
                        PL_STR_ARG(g->lock.packages[i].name));
    if (to_stdout(g->values)) {
        pl_buf_add_str(&g->cli->text, pl_buf_view(&text));
        return true;
    }
    if (!pl_lock_spare_inputs(g->values->output_file, g->path, &g->lock, err) ||
        !pl_file_save(g->values->output_file, pl_buf_view(&text), err))
        return false;
    tell_saved(g);
    return true;
}

static int run(struct pl_cli *cli, const void *given)
{
    struct pl_error err = {.arena = cli->arena};
    struct guard *g = pl_new(cli->arena, struct guard);
    *g = (struct guard){.cli = cli, .values = given};
    g->is_told = pl_str_is(
        pl_parsed_source(cli->arena, &cli->parsed, "template"), "--template");
    if (cli->parsed.args.len)
        g->path = cli->parsed.args.at[0];
    else if (!g->is_told)
        g->path = PL_STR("pylock.toml");
    if (!pl_lock_spare(g->values->output_file, &err) || !read_lock(g, &err) ||
        !find_template(g, &err))
        return pl_cli_fail(cli, &err);
    add_facts(g);
    if (!write(g, &err))
        return pl_cli_fail(cli, &err);
    return 0;
}

const struct pl_command pl_cmd_guard = {
    .name = "guard",
    .args = "[LOCK]",
    .summary = "constraints that keep `pip install` from breaking a container",
    .text =
        "Writes a constraints file that holds what the lock's template "
        "protects (torch, CUDA) and what the lock has pinned, each at its "
        "exact version, for those who still type `pip install` in the "
        "container: what would change one of them is refused. pip and uv obey "
        "it where PIP_CONSTRAINT and UV_CONSTRAINT name the file. With "
        "--template and no LOCK it holds what that container protects. Builds "
        "of source distributions may obey it, too: docs/guard.md. LOCK is "
        "pylock.toml when neither is given.",
    .examples = "podlock guard -o /etc/podlock-guard.txt\thold a lock and "
                "what it was made for\n"
                "podlock guard --template runpod-torch240-cu124-py311\thold "
                "what the container protects\n"
                "export PIP_CONSTRAINT=/etc/podlock-guard.txt\tpip obeys "
                "from here on",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct values),
    .max_args = 1,
    .run = run,
};
