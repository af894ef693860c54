#include "tests/bench/synthetic.h"

#include <time.h>

#include "core/vec.h"

/* Later names that a name may require: it asks for up to MOST of these. */
#define NEAR 30
#define MOST 4
#define NAME_BYTES 5 /* of "n0042" */
#define WINDOW 4     /* as the command line has it */

uint64_t bench_cpu_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* ---- numbers that depend on nothing but their arguments ---- */

static uint32_t number(const struct bench_index *w, uint32_t a, uint32_t b,
                       uint32_t below)
{
    uint64_t x = (uint64_t)w->seed << 48 ^ (uint64_t)a << 24 ^ b;
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (uint32_t)((x ^ x >> 31) % below);
}

static bool one_in(const struct bench_index *w, uint32_t a, uint32_t b,
                   uint32_t count)
{
    return number(w, a, b, count) == 0;
}

/* Nine in ten are near the newest; the others, up to a fifth older. */
static uint32_t planted(const struct bench_index *w, uint32_t name)
{
    uint32_t span = one_in(w, name, 1, 10) ? w->versions / 5 : 5;
    uint32_t back = number(w, name, 2, span + 1);
    return back < w->versions ? w->versions - 1 - back : 0;
}

static uint32_t name_of(struct pl_str name)
{
    uint64_t n = 0;
    pl_str_to_u64(pl_str_sub(name, 1, name.len), &n);
    return (uint32_t)n;
}

static struct pl_str name_text(struct pl_arena *arena, uint32_t name)
{
    return pl_arena_printf(arena, "n%0*u", NAME_BYTES - 1, name);
}

/* ---- pages ---- */

static const struct pl_wheeltags pure = {
    .python = {"py3", 3}, .abi = {"none", 4}, .platform = {"any", 3}};

static struct pl_page *make_page(const struct bench_index *w,
                                 struct pl_str project)
{
    struct pl_arena *arena = w->index.arena;
    struct pl_page *page = pl_new(arena, struct pl_page);
    struct pl_file *files = pl_new_array(arena, struct pl_file, w->versions);
    *page = (struct pl_page){
        .project = project,
        .index_url = PL_STR("https://index.invalid/simple/"),
        .files = files,
        .file_count = w->versions,
    };
    struct pl_str sha256 =
        PL_STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8"
               "55");
    for (uint32_t v = 0; v < w->versions; v++) {
        struct pl_file_details details = {
            .name = w->version_texts[v],
            .url = page->index_url,
            .sha256 = sha256,
        };
        files[v] = (struct pl_file){
            .kind = PL_FILE_WHEEL,
            .details = pl_file_details_keep(arena, &details),
            .has_sha256 = true,
            .version = &w->version_values[v],
            .wheel = &pure,
            .requires_python = PL_STR(">=3.8"),
            .has_metadata = true,
            .page = page,
        };
    }
    return page;
}

/* ---- metadata ---- */

struct range {
    uint32_t low, high; /* low <= version < high */
};

/*
 * Half of the ranges have an upper end. With one in twelve pairs of names, the
 * newest twenty versions of the one want an old version of the other.
 */
static struct range pick_range(const struct bench_index *w, uint32_t name,
                               uint32_t version, uint32_t other)
{
    uint32_t edge = name << 12 ^ other, epoch = version / 10;
    uint32_t back = number(w, edge, epoch, w->versions / 4 + 1);
    uint32_t ahead = number(w, edge, epoch + 1000, w->versions / 4 + 1);
    struct range r = {version > back ? version - back : 0, w->versions};
    if (one_in(w, edge, 2, 2))
        r.high = version + ahead + 1;
    if (one_in(w, edge, 3, 12) && version + 20 > w->versions)
        r.high = version - ahead;
    if (version != planted(w, name))
        return r;
    uint32_t there = planted(w, other);
    if (r.low > there)
        r.low = there;
    if (r.high <= there)
        r.high = there + 1;
    return r;
}

static bool make_requirement(struct bench_index *w, uint32_t name,
                             uint32_t version, uint32_t other,
                             struct pl_requirement *out)
{
    struct pl_arena *arena = w->index.arena;
    struct range r = pick_range(w, name, version, other);
    struct pl_str text = name_text(arena, other);
    struct pl_str low = w->version_texts[r.low];
    if (r.high >= w->versions)
        text = pl_arena_printf(arena, "%.*s>=%.*s", PL_STR_ARG(text),
                               PL_STR_ARG(low));
    else
        text = pl_arena_printf(arena, "%.*s>=%.*s,<%.*s", PL_STR_ARG(text),
                               PL_STR_ARG(low),
                               PL_STR_ARG(w->version_texts[r.high]));
    return pl_requirement_parse(arena, text, out, NULL);
}

static struct pl_metadata *make_metadata(struct bench_index *w, uint32_t name,
                                         uint32_t version)
{
    struct pl_arena *arena = w->index.arena;
    struct pl_metadata *made = pl_new(arena, struct pl_metadata);
    struct pl_requirement *requires =
        pl_new_array(arena, struct pl_requirement, MOST);
    uint32_t count = number(w, name, 4, MOST + 1);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t other = name + 1 + number(w, name, 5 + i, NEAR);
        if (other < w->names &&
            make_requirement(w, name, version, other,
                             &requires[made->require_count]))
            made->require_count++;
    }
    made->requires = requires;
    return made;
}

/* ---- the back end ---- */

static void want_page(struct pl_index *index, struct pl_str project)
{
    struct bench_index *w = (struct bench_index *)index;
    uint64_t start = bench_cpu_ns();
    pl_vec_push(index->arena, &w->answers,
                (struct pl_index_event){.kind = PL_EVENT_PAGE,
                                        .project = project,
                                        .page = make_page(w, project)});
    w->making_ns += bench_cpu_ns() - start;
    index->stats.pages++;
}

static void want_metadata(struct pl_index *index, const struct pl_file *file)
{
    struct bench_index *w = (struct bench_index *)index;
    uint64_t start = bench_cpu_ns();
    struct pl_metadata *metadata = make_metadata(
        w, name_of(file->page->project), (uint32_t)(file - file->page->files));
    pl_vec_push(index->arena, &w->answers,
                (struct pl_index_event){.kind = PL_EVENT_METADATA,
                                        .project = file->page->project,
                                        .file = file,
                                        .metadata = metadata});
    w->making_ns += bench_cpu_ns() - start;
    index->stats.metadata++;
}

static bool next(struct pl_index *index, struct pl_index_event *event,
                 bool *any, struct pl_error *err)
{
    struct bench_index *w = (struct bench_index *)index;
    (void)err;
    *any = w->answered < w->answers.len;
    if (*any)
        *event = w->answers.at[w->answered++];
    return true;
}

/* ---- the whole ---- */

struct bench_index *bench_index_make(struct pl_arena *arena, uint32_t names,
                                     uint32_t versions, uint32_t seed,
                                     struct pl_error *err)
{
    static const struct pl_index_ops ops = {want_page, want_metadata, next,
                                            NULL};
    struct bench_index *w = pl_new(arena, struct bench_index);
    pl_index_init(&w->index, arena, &ops);
    w->names = names;
    w->versions = versions;
    w->seed = seed;
    w->version_texts = pl_new_array(arena, struct pl_str, versions);
    w->version_values = pl_new_array(arena, struct pl_version, versions);
    for (uint32_t v = 0; v < versions; v++) {
        w->version_texts[v] =
            pl_arena_printf(arena, "%u.%u.%u", v / 100, v / 10 % 10, v % 10);
        if (!pl_version_parse(arena, w->version_texts[v], &w->version_values[v],
                              err))
            return NULL;
    }
    return w;
}

static bool ask(struct pl_arena *arena, const struct bench_index *from,
                struct pl_problem *out, struct pl_error *err)
{
    size_t count = (from->names + 9) / 10;
    struct pl_asked *asked = pl_new_array(arena, struct pl_asked, count);
    for (uint32_t i = 0; i < count; i++) {
        asked[i].where = PL_STR("bench");
        if (!pl_requirement_parse(arena, name_text(arena, i * 10),
                                  &asked[i].req, err))
            return false;
    }
    out->asked = asked;
    out->asked_count = count;
    return true;
}

bool bench_index_problem(struct pl_arena *arena, const struct bench_index *from,
                         struct pl_problem *out, struct pl_error *err)
{
    struct pl_torch_family *family = pl_new(arena, struct pl_torch_family);
    *out = (struct pl_problem){
        .arena = arena,
        .family = family,
        .policy = {.window = WINDOW},
    };
    if (!pl_torch_family_load(arena, family, err) ||
        !pl_env_make(arena, PL_STR("3.11"), PL_STR("2.35"), PL_STR("x86_64"),
                     &out->env, err) ||
        !ask(arena, from, out, err))
        return false;
    out->tags = pl_tags_make(arena, &out->env);
    return pl_problem_start(out, err);
}
