#include "cli/commands.h"
#include "cli/lock_show.h"
#include "core/digest.h"
#include "core/limits.h"
#include "index/url.h"

/* Digits of a hash that tell two files apart to the eye. */
#define SHOWN_HASH 12

struct values {
    unsigned format; /* of "text|json" */
};

#define OPT(member) offsetof(struct values, member)

static const struct pl_option options[] = {
    PL_OPTIONS_TEXT_OR_JSON(OPT(format), "Options"),
};

/* ---- text: no columns, so that one change is one line of a diff ---- */

static void add(struct pl_cli *cli, enum pl_style style, struct pl_str text)
{
    pl_show_text(&cli->out, style, text, &cli->text);
}

static void add_word(struct pl_cli *cli, enum pl_style style,
                     struct pl_str text)
{
    if (!text.len)
        return;
    pl_cli_print(cli, " ");
    add(cli, style, text);
}

static void head_line(struct pl_cli *cli, const char *title, struct pl_str text)
{
    if (!text.len)
        return;
    add(cli, PL_STYLE_DIM, pl_str_from(title));
    add_word(cli, PL_STYLE_PLAIN, text);
    pl_cli_print(cli, "\n");
}

static void show_head(struct pl_cli *cli, const struct pl_lock *lock)
{
    head_line(cli, "template", lock->template_id);
    head_line(cli, "python", lock->requires_python);
    for (size_t i = 0; i < lock->environment_count; i++)
        head_line(cli, "environment", lock->environments[i]);
    head_line(cli, "rules", lock->rules_edition);
    if (lock->is_foreign)
        head_line(cli, "created-by", lock->created_by);
}

/* Whose server it is; a mirror of the same files is another one. */
static struct pl_str place_of(const struct pl_lock_file *file)
{
    struct pl_str host = {0};
    uint16_t port;
    if (!file->url.len)
        return file->path;
    if (pl_url_host(pl_url_split(file->url).authority, &host, &port))
        return host;
    return file->url;
}

/* One text for all the other files, so that none of them changes unseen. */
static void add_more(struct pl_cli *cli, const struct pl_lock_package *package)
{
    PL_BUF(hashes, PL_MAX_OUTPUT_BYTES);
    for (size_t i = 0; i < package->more_count; i++) {
        pl_buf_add_str(&hashes, package->more[i].name);
        pl_buf_add_str(&hashes, pl_lock_file_hash(&package->more[i]).value);
    }
    struct pl_str all = pl_sha256_hex(cli->arena, pl_buf_view(&hashes));
    pl_cli_print(cli, ", %zu more ", package->more_count);
    add(cli, PL_STYLE_DIM, pl_str_sub(all, 0, SHOWN_HASH));
}

static void add_file(struct pl_cli *cli, const struct pl_lock_package *package)
{
    const struct pl_lock_file *file = &package->file;
    struct pl_lock_hash hash = pl_lock_file_hash(file);
    const char *kind = package->source == PL_LOCK_ARCHIVE ? "archive"
                       : file->is_sdist                   ? "sdist"
                                                          : "wheel";
    add_word(cli, PL_STYLE_PLAIN, pl_str_from(kind));
    add_word(cli, PL_STYLE_PLAIN, place_of(file));
    if (file->has_size)
        add_word(cli, PL_STYLE_PLAIN, pl_show_bytes(cli->arena, file->size));
    pl_cli_print(cli, " ");
    add(cli, PL_STYLE_DIM, hash.algorithm);
    pl_cli_print(cli, ":");
    add(cli, PL_STYLE_DIM, pl_str_sub(hash.value, 0, SHOWN_HASH));
    if (package->more_count)
        add_more(cli, package);
}

static void add_tree(struct pl_cli *cli, const struct pl_lock_package *package)
{
    const struct pl_lock_tree *tree = &package->tree;
    bool is_vcs = package->source == PL_LOCK_VCS;
    add_word(cli, PL_STYLE_PLAIN, is_vcs ? tree->vcs : PL_STR("directory"));
    add_word(cli, PL_STYLE_PLAIN, tree->url.len ? tree->url : tree->path);
    add_word(cli, PL_STYLE_DIM, tree->commit_id);
    if (tree->editable)
        pl_cli_print(cli, " editable");
}

static void show_package(struct pl_cli *cli,
                         const struct pl_lock_package *package)
{
    add(cli, PL_STYLE_BOLD, package->name);
    add_word(cli, PL_STYLE_PLAIN, package->version);
    if (package->source == PL_LOCK_FILES || package->source == PL_LOCK_ARCHIVE)
        add_file(cli, package);
    else
        add_tree(cli, package);
    if (package->marker.len) {
        pl_cli_print(cli, " ;");
        add_word(cli, PL_STYLE_DIM, package->marker);
    }
    pl_cli_print(cli, "\n");
}

static void show_facts(struct pl_cli *cli, const struct pl_lock *lock)
{
    for (size_t i = 0; i < lock->replaced_count; i++) {
        const struct pl_lock_replaced *row = &lock->replaced[i];
        add(cli, PL_STYLE_YELLOW, PL_STR("replaces"));
        add_word(cli, PL_STYLE_PLAIN, row->name);
        add_word(cli, PL_STYLE_PLAIN, row->from);
        add_word(cli, PL_STYLE_DIM, row->because);
        pl_cli_print(cli, "\n");
    }
    for (size_t i = 0; i < lock->provided_count; i++) {
        const struct pl_lock_provided *row = &lock->provided[i];
        add(cli, PL_STYLE_DIM, PL_STR("relies on"));
        add_word(cli, PL_STYLE_PLAIN, row->name);
        add_word(cli, PL_STYLE_PLAIN, row->version);
        pl_cli_print(cli, "\n");
    }
    for (size_t i = 0; i < lock->broken_count; i++)
        head_line(cli, "breaks", lock->broken[i]);
    for (size_t i = 0; i < lock->ignored_rule_count; i++)
        head_line(cli, "ignores rule", lock->ignored_rules[i]);
}

static void show_lock(struct pl_cli *cli, const struct pl_lock *lock)
{
    size_t unknown;
    uint64_t bytes = pl_lock_bytes(lock, &unknown);
    struct pl_str packages =
        pl_show_count(cli->arena, lock->package_count, "package", "packages");
    struct pl_str size = pl_show_bytes(cli->arena, bytes);
    show_head(cli, lock);
    for (size_t i = 0; i < lock->package_count; i++)
        show_package(cli, &lock->packages[i]);
    show_facts(cli, lock);
    pl_cli_print(cli, "total %.*s %.*s", PL_STR_ARG(packages),
                 PL_STR_ARG(size));
    if (unknown)
        pl_cli_print(cli, ", %zu of unknown size", unknown);
    pl_cli_print(cli, "\n");
}

/* ---- the command ---- */

static int run(struct pl_cli *cli, const void *given)
{
    const struct values *values = given;
    struct pl_error err = {.arena = cli->arena};
    struct pl_lock lock;
    struct pl_str path =
        cli->parsed.args.len ? cli->parsed.args.at[0] : PL_STR("pylock.toml");
    if (!pl_lock_open(cli, path, &lock, &err))
        return pl_cli_fail(cli, &err);
    if (values->format)
        pl_lock_json(&lock, &cli->text);
    else
        show_lock(cli, &lock);
    return 0;
}

const struct pl_command pl_cmd_show = {
    .name = "show",
    .args = "[LOCK]",
    .summary = "what a lock holds, a line a package",
    .text = "Reads any pylock.toml (PEP 751), podlock's or another tool's, "
            "checks the whole of it and lists it: the same lock gives the "
            "same lines, and one changed package is one changed line. LOCK "
            "is pylock.toml when it is not given.",
    .examples = "podlock show pylock.toml\twhat is in it\n"
                "git config diff.pylock.textconv \"podlock show -q\"\t"
                "with `pylock*.toml diff=pylock` in .gitattributes, git "
                "shows locks so",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct values),
    .max_args = 1,
    .run = run,
};
