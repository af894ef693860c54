#include "cli/commands.h"
#include "core/jsonw.h"
#include "index/cache_admin.h"

#define DAY_SECONDS 86400u
#define MOST_DAYS 100000u

struct values {
    unsigned format; /* of "text|json" */
    struct pl_str cache_dir, older_than;
};

#define OPT(member) offsetof(struct values, member)

static const struct pl_option options[] = {
    {.name = "cache-dir",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(cache_dir),
     .value = "DIR",
     .group = "Options",
     .help = "the cache, in place of ~/.cache/podlock"},
    {.name = "older-than",
     .kind = PL_OPTION_VALUE,
     .offset = OPT(older_than),
     .value = "DAYS",
     .help = "prune: entries that were not written for so long go too"},
    PL_OPTIONS_TEXT_OR_JSON(OPT(format), NULL),
};

struct job {
    struct pl_cli *cli;
    struct pl_cache *cache;
    struct pl_str dir;
    uint64_t older_than; /* seconds */
    bool json;
};

/* ---- dir ---- */

static bool run_dir(struct job *job, int *code, struct pl_error *err)
{
    struct pl_cli *cli = job->cli;
    (void)code;
    (void)err;
    if (job->json) {
        struct pl_jsonw w = pl_jsonw_to(&cli->text);
        pl_jsonw_object(&w, NULL);
        pl_jsonw_str(&w, "dir", job->dir);
        pl_jsonw_end(&w);
        return true;
    }
    pl_show_text(&cli->out, PL_STYLE_PLAIN, job->dir, &cli->text);
    pl_cli_print(cli, "\n");
    return true;
}

/* ---- info ---- */

struct sum {
    size_t counts[PL_CACHE_TRAIL + 1]; /* by kind */
    uint64_t bytes;
};

static struct sum sum_of(const struct pl_cache_survey *survey,
                         struct pl_str site)
{
    struct sum sum = {0};
    for (size_t i = 0; i < survey->entries.len; i++) {
        const struct pl_cache_entry *entry = &survey->entries.at[i];
        if (!pl_str_eq(entry->site, site))
            continue;
        sum.counts[entry->kind]++;
        sum.bytes += entry->size;
    }
    return sum;
}

static void write_info(struct job *job, const struct pl_cache_survey *survey)
{
    struct pl_jsonw w = pl_jsonw_to(&job->cli->text);
    pl_jsonw_object(&w, NULL);
    pl_jsonw_str(&w, "dir", job->dir);
    pl_jsonw_u64(&w, "bytes", survey->bytes);
    pl_jsonw_u64(&w, "entries", survey->entries.len);
    pl_jsonw_u64(&w, "foreign", survey->foreign);
    pl_jsonw_array(&w, "sites");
    for (size_t i = 0; i < survey->places.len; i++) {
        const struct pl_cache_place *place = &survey->places.at[i];
        struct sum sum = sum_of(survey, place->site);
        pl_jsonw_object(&w, NULL);
        pl_jsonw_str(&w, "folder", place->site);
        pl_jsonw_str(&w, "url", place->url);
        pl_jsonw_bool(&w, "with-user", place->has_user);
        pl_jsonw_u64(&w, "projects", sum.counts[PL_CACHE_BLOCK]);
        pl_jsonw_u64(&w, "listings", sum.counts[PL_CACHE_LISTING]);
        pl_jsonw_u64(&w, "trails", sum.counts[PL_CACHE_TRAIL]);
        pl_jsonw_u64(&w, "bytes", sum.bytes);
        pl_jsonw_end(&w);
    }
    pl_jsonw_end(&w);
    pl_jsonw_end(&w);
}

static void site_row(struct pl_arena *arena, struct pl_table *table,
                     const struct pl_cache_survey *survey,
                     const struct pl_cache_place *place)
{
    struct sum sum = sum_of(survey, place->site);
    struct pl_str url = place->url.len ? place->url : place->site;
    if (place->has_user)
        url =
            pl_arena_printf(arena, "%.*s (with a user name)", PL_STR_ARG(url));
    pl_table_row(table);
    pl_table_cell(table, url, PL_STYLE_BOLD);
    for (int kind = PL_CACHE_BLOCK; kind <= PL_CACHE_TRAIL; kind++)
        pl_table_cell(table, pl_arena_printf(arena, "%zu", sum.counts[kind]),
                      PL_STYLE_PLAIN);
    pl_table_cell(table, pl_show_bytes(arena, sum.bytes), PL_STYLE_PLAIN);
}

static void show_info(struct job *job, const struct pl_cache_survey *survey)
{
    static const struct pl_column columns[] = {
        {.title = "index", .cut = true},
        {.title = "projects", .right = true},
        {.title = "listings", .right = true},
        {.title = "trails", .right = true},
        {.title = "size", .right = true},
    };
    struct pl_cli *cli = job->cli;
    struct pl_str size = pl_show_bytes(cli->arena, survey->bytes);
    struct pl_table table;
    pl_show_text(&cli->out, PL_STYLE_BOLD, job->dir, &cli->text);
    pl_cli_print(cli, ": %.*s, %.*s\n",
                 PL_STR_ARG(pl_show_count(cli->arena, survey->entries.len,
                                          "entry", "entries")),
                 PL_STR_ARG(size));
    if (!survey->places.len)
        return;
    pl_cli_print(cli, "\n");
    pl_table_init(&table, columns, PL_COUNT(columns));
    for (size_t i = 0; i < survey->places.len; i++)
        site_row(cli->arena, &table, survey, &survey->places.at[i]);
    pl_table_print(&table, 0, &cli->out, &cli->text);
    pl_table_finish(&table);
}

static bool run_info(struct job *job, int *code, struct pl_error *err)
{
    struct pl_cache_survey survey;
    (void)code;
    if (!pl_cache_look(job->cache, job->cli->arena, &survey, err))
        return false;
    if (job->json)
        write_info(job, &survey);
    else
        show_info(job, &survey);
    return true;
}

/* ---- verify ---- */

static struct pl_str url_of(const struct pl_cache_survey *survey,
                            struct pl_str site)
{
    for (size_t i = 0; i < survey->places.len; i++)
        if (pl_str_eq(survey->places.at[i].site, site))
            return survey->places.at[i].url;
    return (struct pl_str){0};
}

static void tell_damaged(struct job *job, struct pl_jsonw *w,
                         const struct pl_cache_survey *survey,
                         const struct pl_cache_entry *entry)
{
    struct pl_cli *cli = job->cli;
    struct pl_str url = url_of(survey, entry->site);
    struct pl_str kind = pl_cache_kind_name(entry->kind);
    if (job->json) {
        pl_jsonw_object(w, NULL);
        pl_jsonw_str(w, "name", entry->name);
        pl_jsonw_str(w, "kind", kind);
        pl_jsonw_str(w, "folder", entry->site);
        pl_jsonw_str(w, "url", url);
        pl_jsonw_end(w);
        return;
    }
    pl_cli_print(cli, "damaged: ");
    pl_show_text(&cli->out, PL_STYLE_BOLD, entry->name, &cli->text);
    pl_cli_print(cli, " (%.*s) of ", PL_STR_ARG(kind));
    pl_show_text(&cli->out, PL_STYLE_PLAIN, url.len ? url : entry->site,
                 &cli->text);
    pl_cli_print(cli, "\n");
}

static size_t tell_all_damaged(struct job *job, struct pl_jsonw *w,
                               const struct pl_cache_survey *survey)
{
    size_t damaged = 0;
    for (size_t i = 0; i < survey->entries.len; i++) {
        const struct pl_cache_entry *entry = &survey->entries.at[i];
        if (pl_cache_is_whole(job->cache, entry))
            continue;
        tell_damaged(job, w, survey, entry);
        damaged++;
    }
    return damaged;
}

static bool run_verify(struct job *job, int *code, struct pl_error *err)
{
    struct pl_cli *cli = job->cli;
    struct pl_cache_survey survey;
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    if (!pl_cache_look(job->cache, cli->arena, &survey, err))
        return false;
    if (job->json) {
        pl_jsonw_object(&w, NULL);
        pl_jsonw_str(&w, "dir", job->dir);
        pl_jsonw_u64(&w, "checked", survey.entries.len);
        pl_jsonw_array(&w, "damaged");
    }
    size_t damaged = tell_all_damaged(job, &w, &survey);
    if (job->json) {
        pl_jsonw_end(&w);
        pl_jsonw_end(&w);
    } else {
        pl_cli_print(cli, "%.*s checked, %zu damaged\n",
                     PL_STR_ARG(pl_show_count(cli->arena, survey.entries.len,
                                              "entry", "entries")),
                     damaged);
    }
    *code = damaged ? 1 : 0;
    return true;
}

/* ---- prune and clean ---- */

static void tell_removed(struct job *job, const struct pl_cache_removed *done)
{
    struct pl_cli *cli = job->cli;
    struct pl_jsonw w = pl_jsonw_to(&cli->text);
    if (job->json) {
        pl_jsonw_object(&w, NULL);
        pl_jsonw_str(&w, "dir", job->dir);
        pl_jsonw_u64(&w, "entries", done->entries);
        pl_jsonw_u64(&w, "damaged", done->damaged);
        pl_jsonw_u64(&w, "bytes", done->bytes);
        pl_jsonw_u64(&w, "foreign", done->foreign);
        pl_jsonw_end(&w);
        return;
    }
    struct pl_str size = pl_show_bytes(cli->arena, done->bytes);
    pl_cli_print(cli, "Removed %.*s (%.*s)",
                 PL_STR_ARG(pl_show_count(cli->arena, done->entries, "entry",
                                          "entries")),
                 PL_STR_ARG(size));
    if (done->damaged)
        pl_cli_print(cli, ", %zu of them damaged", done->damaged);
    pl_cli_print(cli, "\n");
    if (done->foreign)
        pl_cli_note(cli, "%.*s not podlock's: left where they are",
                    PL_STR_ARG(pl_show_count(cli->arena, done->foreign,
                                             "file is", "files are")));
}

static bool run_prune(struct job *job, int *code, struct pl_error *err)
{
    struct pl_cache_removed done;
    (void)code;
    if (!pl_cache_prune(job->cache, job->cli->arena, job->older_than, &done,
                        err))
        return false;
    tell_removed(job, &done);
    return true;
}

static bool run_clean(struct job *job, int *code, struct pl_error *err)
{
    struct pl_cache_removed done;
    (void)code;
    if (!pl_cache_clean(job->cache, job->cli->arena, &done, err))
        return false;
    tell_removed(job, &done);
    return true;
}

/* ---- the command ---- */

static const struct action {
    const char *name;
    bool (*run)(struct job *job, int *code, struct pl_error *err);
} actions[] = {
    {"dir", run_dir},     {"info", run_info},   {"verify", run_verify},
    {"prune", run_prune}, {"clean", run_clean},
};

static const struct action *find_action(const struct pl_cli *cli,
                                        struct pl_error *err)
{
    const struct pl_strs *args = &cli->parsed.args;
    for (size_t i = 0; args->len && i < PL_COUNT(actions); i++)
        if (pl_str_is(args->at[0], actions[i].name))
            return &actions[i];
    if (args->len)
        pl_error_plain(err, PL_ERR_USAGE, "`%.*s` cannot be done to a cache",
                       PL_STR_ARG(args->at[0]));
    else
        pl_error_plain(err, PL_ERR_USAGE, "nothing to do with the cache");
    pl_error_hint(err, "say one of dir, info, verify, prune, clean");
    return NULL;
}

static bool read_days(const struct action *action, struct pl_str text,
                      uint64_t *seconds, struct pl_error *err)
{
    uint64_t days;
    *seconds = UINT64_MAX;
    if (!text.len)
        return true;
    if (action->run != run_prune)
        return pl_error_plain(err, PL_ERR_USAGE, "--older-than is for prune");
    if (!pl_str_to_u64(text, &days) || days > MOST_DAYS)
        return pl_error_plain(err, PL_ERR_USAGE,
                              "--older-than wants a number of days, at most "
                              "%u, not `%.*s`",
                              MOST_DAYS, PL_STR_ARG(text));
    *seconds = days * DAY_SECONDS;
    return true;
}

static bool find_dir(struct pl_arena *arena, struct pl_str given,
                     struct pl_str *out, struct pl_error *err)
{
    *out = given.len ? given : pl_cache_default_dir(arena);
    if (out->len)
        return true;
    pl_error_plain(err, PL_ERR_FILE,
                   "there is no cache: neither HOME nor XDG_CACHE_HOME is set");
    return pl_error_hint(err, "say --cache-dir DIR");
}

static int run(struct pl_cli *cli, const void *given)
{
    const struct values *values = given;
    struct pl_error err = {.arena = cli->arena};
    struct job job = {.cli = cli, .json = values->format};
    const struct action *action = find_action(cli, &err);
    int code = 0;
    if (!action ||
        !read_days(action, values->older_than, &job.older_than, &err) ||
        !find_dir(cli->arena, values->cache_dir, &job.dir, &err))
        return pl_cli_fail(cli, &err);
    job.cache = pl_cache_open(cli->arena, job.dir);
    return action->run(&job, &code, &err) ? code : pl_cli_fail(cli, &err);
}

const struct pl_command pl_cmd_cache = {
    .name = "cache",
    .args = "dir|info|verify|prune|clean",
    .summary = "what was read from indexes and is kept",
    .text = "The cache holds project pages and metadata, so that a run asks "
            "only for what has changed. It may be removed at any time, and "
            "processes and machines may share it.\n"
            "dir prints where it is, info what is in it. verify reads every "
            "entry and says which are damaged (exit code 1); a run takes those "
            "as absent. prune removes them, and what dead processes left. "
            "clean removes all entries, and nothing that podlock has not made.",
    .examples = "podlock cache info\thow much there is, by index\n"
                "podlock cache prune --older-than 30\t"
                "what a month has not touched",
    .options = options,
    .option_count = PL_COUNT(options),
    .values_size = sizeof(struct values),
    .max_args = 1,
    .run = run,
};
