#include <inttypes.h>

#include "cli/commands.h"
#include "cli/fetch_text.h"
#include "cli/index_plan.h"
#include "cli/lock_files.h"
#include "cli/lock_show.h"
#include "cli/progress.h"
#include "core/escape.h"
#include "core/file.h"
#include "core/jsonw.h"
#include "core/limits.h"
#include "lockfmt/reqs_write.h"

struct values {
    struct pl_resolve_options resolve; /* its options of the network */
    struct pl_str to;
    bool prune, dry_run;
    unsigned format; /* of "text|json" */
};

#define OPT(member) offsetof(struct values, member)

static const struct pl_option options[] = {
    {.name = "to",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(to),
     .value = "DIR",
     .group = "Options",
     .help = "the folder of the files; made when it is not there"},
    {.name = "prune",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(prune),
     .help = "then remove the wheels and source distributions of DIR that no "
             "lock names"},
    {.name = "dry-run",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(dry_run),
     .help = "with --prune: fetch nothing, and only say what would be removed"},
    PL_OPTIONS_TEXT_OR_JSON(OPT(format), NULL),
    {.name = "offline",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(resolve.offline),
     .foreign = "UV_OFFLINE",
     .group = "Network",
     .help = "ask no network: are all files there, and right?"},
    {.name = "cert",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(resolve.cert),
     .value = "FILE",
     .foreign = "PIP_CERT SSL_CERT_FILE",
     .help = "certificates of the authorities to trust, as PEM"},
    {.name = "allow-insecure-host",
     .kind = PL_OPTION_LIST,
     .offset = OPT(resolve.insecure_hosts),
     .value = "HOST[:PORT]",
     .foreign = "PIP_TRUSTED_HOST UV_INSECURE_HOST",
     .help = "let this host answer without TLS, or with a certificate that "
             "nobody vouches for"},
    {.name = "index-url",
     .letter = 'i',
     .kind = PL_OPTION_VALUE,
     .offset = OPT(resolve.index_url),
     .value = "URL",
     .foreign = "PIP_INDEX_URL UV_DEFAULT_INDEX UV_INDEX_URL",
     .help = "whose user name and password the files of this host want"},
    {.name = "extra-index-url",
     .kind = PL_OPTION_LIST,
     .offset = OPT(resolve.extra_index_urls),
     .value = "[NAME=]URL",
     .foreign = "PIP_EXTRA_INDEX_URL UV_INDEX UV_EXTRA_INDEX_URL",
     .help = "the same of another host"},
    {.name = "index-root",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(resolve.index_root),
     .value = "DIR",
     .help = "a recorded index: files that it has are copied"},
    {.name = "no-progress",
     .kind = PL_OPTION_FLAG,
     .offset = OPT(resolve.no_progress),
     .help = "show no progress on a terminal"},
};

struct fetching {
    struct pl_cli *cli;
    const struct values *values;
    struct pl_lock *locks; /* one an argument */
    struct pl_str *paths;
    size_t lock_count;
    struct pl_lock_files files;
    struct pl_index_plan network; /* who may be told a password */
    struct pl_progress_line progress;
    struct pl_removed removed;
    /* One a lock: its requirements.txt, and what installs from DIR. */
    struct pl_str *texts, *installs;
};

/* ---- fetching ---- */

static void tell_progress(void *user, const struct pl_download_progress *now)
{
    PL_ARENA(arena);
    struct fetching *f = user;
    struct pl_str text = PL_STR("Waiting for another podlock in this folder");
    if (!now->is_waiting)
        text = pl_arena_printf(&arena, "Fetching: %zu of %zu files, %.*s",
                               now->done, now->count,
                               PL_STR_ARG(pl_show_bytes(&arena, now->bytes)));
    pl_progress_say(&f->progress, text);
}

static bool fetch(struct fetching *f, struct pl_error *err)
{
    const struct values *values = f->values;
    struct pl_arena *arena = f->cli->arena;
    struct pl_download_options download = {
        .folder = values->to,
        .fetch = {.ca_file = values->resolve.cert,
                  .insecure_hosts = values->resolve.insecure_hosts.at,
                  .insecure_host_count = values->resolve.insecure_hosts.len,
                  .credentials = &f->network.credentials},
        .offline = values->resolve.offline,
        .report = tell_progress,
        .user = f,
    };
    pl_progress_begin(&f->progress, f->cli, values->resolve.no_progress);
    bool good = pl_download_run(arena, &download, f->files.rows.at,
                                f->files.rows.len, err);
    pl_progress_end(&f->progress);
    return good;
}

static bool prune(struct fetching *f, struct pl_error *err)
{
    struct pl_arena *arena = f->cli->arena;
    PL_VEC(struct pl_str) keep = {0};
    for (size_t i = 0; i < f->files.rows.len; i++)
        pl_vec_push(arena, &keep, f->files.rows.at[i].name);
    for (size_t i = 0; i < f->files.others.len; i++)
        pl_vec_push(arena, &keep, f->files.others.at[i]);
    return pl_download_prune(arena, f->values->to, keep.at, keep.len,
                             f->values->dry_run, &f->removed, err);
}

/* ---- what installs them ---- */

static bool write_requirements(struct fetching *f, struct pl_error *err)
{
    struct pl_arena *arena = f->cli->arena;
    struct pl_str folder = f->values->to;
    f->installs = pl_new_array(arena, struct pl_str, f->lock_count);
    for (size_t i = 0; i < f->lock_count; i++) {
        struct pl_lock flat;
        if (!pl_lock_files_flat(arena, &f->locks[i], folder, &flat, err) ||
            !pl_fetch_text_save(arena, folder, f->texts[i], &flat,
                                &f->installs[i], err))
            return false;
    }
    return true;
}

/* ---- text ---- */

static size_t count_of(const struct fetching *f,
                       enum pl_download_outcome outcome)
{
    size_t count = 0;
    for (size_t i = 0; i < f->files.rows.len; i++)
        count += f->files.rows.at[i].outcome == outcome;
    return count;
}

static uint64_t bytes_that_came(const struct fetching *f)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < f->files.rows.len; i++)
        bytes += f->files.rows.at[i].came;
    return bytes;
}

static void tell_removed(const struct fetching *f)
{
    const struct pl_cli *cli = f->cli;
    const struct pl_removed *removed = &f->removed;
    const char *verb = f->values->dry_run ? "Would remove" : "Removed";
    for (size_t i = 0; i < removed->count; i++)
        pl_cli_note(cli, "%s %.*s", verb, PL_STR_ARG(removed->names[i]));
    if (f->values->prune && !removed->count)
        pl_cli_note(cli, "Nothing to remove");
}

static void tell_fetched(const struct fetching *f)
{
    struct pl_arena *arena = f->cli->arena;
    size_t came = count_of(f, PL_DOWNLOAD_CAME);
    size_t there = count_of(f, PL_DOWNLOAD_THERE);
    struct pl_str files = pl_show_count(arena, came, "file", "files");
    struct pl_str bytes = pl_show_bytes(arena, bytes_that_came(f));
    if (came)
        pl_cli_note(f->cli, "Fetched %.*s (%.*s) into %.*s%s%.*s%s",
                    PL_STR_ARG(files), PL_STR_ARG(bytes),
                    PL_STR_ARG(f->values->to), there ? "; " : "",
                    PL_STR_ARG(there ? pl_arena_printf(arena, "%zu", there)
                                     : PL_STR("")),
                    there == 1 ? " was there already"
                    : there    ? " were there already"
                               : "");
    else
        pl_cli_note(f->cli, "All files (%zu) are in %.*s already", there,
                    PL_STR_ARG(f->values->to));
}

static void print_text(struct fetching *f)
{
    if (!f->values->dry_run)
        tell_fetched(f);
    tell_removed(f);
    for (size_t i = 0; f->installs && i < f->lock_count; i++)
        pl_cli_print(f->cli, "%.*s\n", PL_STR_ARG(f->installs[i]));
}

/* ---- JSON ---- */

static void write_file(struct pl_jsonw *w, const struct pl_download *file)
{
    static const char *const outcomes[] = {
        [PL_DOWNLOAD_FAILED] = "failed",
        [PL_DOWNLOAD_THERE] = "there",
        [PL_DOWNLOAD_CAME] = "fetched",
    };
    pl_jsonw_object(w, NULL);
    pl_jsonw_str(w, "name", file->name);
    pl_jsonw_str(w, "outcome", pl_str_from(outcomes[file->outcome]));
    pl_jsonw_str(w, "sha256", file->sha256);
    if (file->has_size)
        pl_jsonw_u64(w, "size", file->size);
    else
        pl_jsonw_null(w, "size");
    pl_jsonw_u64(w, "downloaded", file->came);
    if (file->error.code)
        pl_jsonw_str(w, "error", file->error.message);
    pl_jsonw_end(w);
}

static void print_json(struct fetching *f)
{
    struct pl_jsonw w = pl_jsonw_to(&f->cli->text);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "folder", f->values->to);
    pl_jsonw_array(&w, "files");
    for (size_t i = 0; !f->values->dry_run && i < f->files.rows.len; i++)
        write_file(&w, &f->files.rows.at[i]);
    pl_jsonw_end(&w);
    pl_jsonw_u64(&w, "downloaded", bytes_that_came(f));
    pl_jsonw_strs(&w, "removed", f->removed.names, f->removed.count);
    pl_jsonw_strs(&w, "install", f->installs, f->installs ? f->lock_count : 0);
    pl_jsonw_end(&w);
    pl_buf_add_char(&f->cli->text, '\n');
}

/* ---- the command ---- */

static bool plan_network(struct fetching *f, struct pl_error *err)
{
    static const struct pl_inputs no_inputs;
    struct pl_arena *arena = f->cli->arena;
    struct pl_plan_input input = {
        .options = &f->values->resolve,
        .parsed = &f->cli->parsed,
        .inputs = &no_inputs,
    };
    if (!pl_index_plan_make(arena, &input, &f->network, err))
        return false;
    f->network.credentials.arena = arena;
    pl_credentials_take_netrc_file(&f->network.credentials);
    return !f->network.folder.len ||
           pl_lock_root_open(arena, f->network.folder, &f->files.root, err);
}

static bool read_locks(struct fetching *f, struct pl_error *err)
{
    struct pl_cli *cli = f->cli;
    const struct pl_strs *args = &cli->parsed.args;
    f->lock_count = args->len ? args->len : 1;
    f->locks = pl_new_array(cli->arena, struct pl_lock, f->lock_count);
    f->paths = pl_new_array(cli->arena, struct pl_str, f->lock_count);
    for (size_t i = 0; i < f->lock_count; i++) {
        f->paths[i] = args->len ? args->at[i] : PL_STR("pylock.toml");
        if (!pl_lock_open(cli, f->paths[i], &f->locks[i], err) ||
            !pl_lock_files_add(cli->arena, &f->locks[i], f->paths[i], &f->files,
                               err))
            return false;
    }
    return f->values->dry_run ||
           pl_fetch_text_paths(cli->arena, f->values->to, f->paths,
                               f->lock_count, &f->texts, err);
}

static bool check_options(const struct values *values, struct pl_error *err)
{
    if (!values->to.len) {
        pl_error_plain(err, PL_ERR_USAGE, "where to is not said");
        return pl_error_hint(err, "podlock fetch pylock.toml --to DIR");
    }
    if (values->dry_run && !values->prune)
        return pl_error_plain(err, PL_ERR_USAGE, "--dry-run goes with --prune");
    return true;
}

/* The exit code of the first; each is told. */
static int tell_failed(const struct fetching *f)
{
    int code = 0;
    for (size_t i = 0; i < f->files.rows.len; i++) {
        const struct pl_download *file = &f->files.rows.at[i];
        int one = file->error.code ? pl_cli_fail(f->cli, &file->error) : 0;
        code = code ? code : one;
    }
    return code;
}

static int run(struct pl_cli *cli, const void *given)
{
    const struct values *values = given;
    struct fetching f = {.cli = cli, .values = values};
    struct pl_error err = {.arena = cli->arena};
    if (!check_options(values, &err) || !plan_network(&f, &err) ||
        !read_locks(&f, &err) || (!values->dry_run && !fetch(&f, &err)))
        return pl_cli_fail(cli, &err);
    int code = values->dry_run ? 0 : tell_failed(&f);
    /* What a lock lacks still is no time to remove anything. */
    if (!code && ((values->prune && !prune(&f, &err)) ||
                  (!values->dry_run && !write_requirements(&f, &err))))
        return pl_cli_fail(cli, &err);
    if (values->format)
        print_json(&f);
    else if (!code)
        print_text(&f);
    return code;
}

const struct pl_command pl_cmd_fetch = {
    .name = "fetch",
    .args = "[LOCK ...] --to DIR",
    .summary = "a lock's wheels into a folder, to install without a network",
    .text = "Fetches the files that the locks name (pylock.toml when none is "
            "given) into DIR: several at once, each verified by its hash, and "
            "gone on with where an earlier run was cut. What is there already "
            "is verified and stays.\n"
            "Beside them stands requirements.txt; the printed line installs "
            "from both without a network. With DIR on a volume, a new pod "
            "installs in seconds.",
    .examples = "podlock fetch pylock.toml --to /workspace/wheels\tfetch what "
                "is missing there\n"
                "podlock fetch --to wheels --prune\tand remove what the lock "
                "names no more\n",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct values),
    .max_args = PL_MAX_CONFIG_LOCKS,
    .run = run,
};
