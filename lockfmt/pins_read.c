#include "lockfmt/pins_read.h"

#include "core/limits.h"
#include "core/map.h"
#include "core/vec.h"
#include "lockfmt/lock_hash.h"
#include "lockfmt/pins_location.h"
#include "pep/name.h"
#include "pep/requirement.h"
#include "pep/version.h"

/* What `# via` below a pin says comes in several lines. */
enum via { NO_VIA, IN_VIA };

struct reader {
    struct pl_arena *arena;
    const struct pl_source *source;
    struct pl_error *err;
    struct pl_str rest; /* of the text */
    PL_VEC(struct pl_lock_package) packages;
    PL_VEC(struct pl_str) words; /* of the line at hand */
    PL_VEC(struct pl_str) via;   /* of the last package */
    struct pl_str remark;        /* the comment line before, or empty */
    struct pl_str behind;        /* the comment behind the line, or empty */
    enum via state;
    struct pl_map places; /* name -> span of its first pin */
};

static bool fail(struct reader *r, struct pl_str at, const char *what)
{
    return pl_error_set(r->err, PL_ERR_INPUT, pl_span_of(r->source, at), "%s",
                        what);
}

/* ---- lines ---- */

/* A comment begins a line or follows white space, as for pip. */
static struct pl_str without_comment(struct pl_str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.at[i] == '#' && (!i || pl_is_space(line.at[i - 1])))
            return pl_str_sub(line, 0, i);
    return line;
}

static void add_words(struct reader *r, struct pl_str line)
{
    struct pl_cursor c = pl_cursor_from(line);
    while (!pl_cursor_done(&c)) {
        const char *begin = c.at;
        while (c.at < c.end && !pl_is_space(*c.at))
            c.at++;
        if (c.at > begin)
            pl_vec_push(r->arena, &r->words,
                        (struct pl_str){begin, (size_t)(c.at - begin)});
        else
            c.at++;
    }
}

/* Lines joined at a backslash; false at the end of the text. */
static bool next_line(struct reader *r, struct pl_str *first)
{
    struct pl_str line;
    bool is_first = true;
    r->words.len = 0;
    while (pl_str_cut(&r->rest, '\n', &line)) {
        if (is_first)
            *first = pl_str_trim(line);
        is_first = false;
        struct pl_str text = without_comment(line);
        r->behind = pl_str_sub(line, text.len, line.len);
        text = pl_str_trim(text);
        bool goes_on = pl_str_ends(text, "\\");
        add_words(r, pl_str_sub(text, 0, text.len - goes_on));
        if (!goes_on)
            return true;
    }
    return !is_first;
}

/* ---- who asks ---- */

static bool is_place(struct pl_str word)
{
    size_t colon = pl_str_rfind(word, ':');
    uint64_t line;
    return colon < word.len &&
           pl_str_to_u64(pl_str_sub(word, colon + 1, word.len), &line);
}

/* "-r requirements.in" says a file without a line: nothing to compare. */
static void add_askers(struct reader *r, struct pl_str list)
{
    struct pl_str one;
    while (list.len && pl_str_cut(&list, ',', &one)) {
        one = pl_str_trim(one);
        if (is_place(one))
            pl_vec_push(r->arena, &r->via, one);
        else if (pl_name_valid(one))
            pl_vec_push(r->arena, &r->via, pl_name_normalize(r->arena, one));
    }
}

static void take_remark(struct reader *r, struct pl_str line)
{
    struct pl_str text = pl_str_trim(pl_str_sub(line, 1, line.len));
    r->remark = line;
    if (pl_str_starts(text, "via ") || pl_str_is(text, "via")) {
        r->state = IN_VIA;
        add_askers(r, pl_str_sub(text, 3, text.len));
    } else if (r->state == IN_VIA) {
        add_askers(r, text);
    }
}

static void end_package(struct reader *r)
{
    if (r->packages.len && r->via.len) {
        struct pl_lock_package *last = &r->packages.at[r->packages.len - 1];
        last->via = r->via.at;
        last->via_count = r->via.len;
    }
    memset(&r->via, 0, sizeof(r->via));
    r->state = NO_VIA;
}

/* ---- hashes ---- */

static bool add_hash(struct reader *r, struct pl_str word, struct pl_str value,
                     struct pl_lock_package *package)
{
    size_t colon = pl_str_find(value, ':');
    struct pl_lock_hash hash = {
        .algorithm = pl_str_sub(value, 0, colon),
        .value = pl_str_sub(value, colon + 1, value.len),
    };
    struct pl_lock_file file = {.span = pl_span_of(r->source, word)};
    if (!pl_lock_hash_clean(r->arena, &hash))
        return fail(r, word, "this is no hash");
    file.name = hash.value;
    if (pl_str_is(hash.algorithm, "sha256")) {
        file.sha256 = hash.value;
    } else {
        file.hashes = pl_new(r->arena, struct pl_lock_hash);
        *file.hashes = hash;
        file.hash_count = 1;
    }
    return pl_pins_add_file(r->arena, &file, package) ||
           pl_error_set(r->err, PL_ERR_LIMIT, file.span,
                        "a pin may have %d hashes", PL_MAX_LOCK_FILES);
}

/* The options behind a pin: only hashes. */
static bool add_hashes(struct reader *r, size_t from,
                       struct pl_lock_package *package)
{
    for (size_t i = from; i < r->words.len; i++) {
        struct pl_str word = r->words.at[i], value;
        if (pl_str_starts(word, "--hash="))
            value = pl_str_sub(word, 7, word.len);
        else if (pl_str_is(word, "--hash") && i + 1 < r->words.len)
            value = r->words.at[++i];
        else
            return fail(r, word, "behind a pin only --hash is read");
        if (!add_hash(r, word, value, package))
            return false;
    }
    return true;
}

/* ---- a pin ---- */

static const struct pl_clause *pin_of(const struct pl_requirement *r)
{
    const struct pl_clause *clause = r->specifier.clauses;
    bool is_one = r->specifier.count == 1 &&
                  (clause->op == PL_OP_EQ || clause->op == PL_OP_ARBITRARY);
    return is_one ? clause : NULL;
}

static bool set_version(struct reader *r, struct pl_str text,
                        const struct pl_requirement *req,
                        struct pl_lock_package *out)
{
    const struct pl_clause *pin = pin_of(req);
    struct pl_version version;
    if (!pin) {
        fail(r, text, "this is not pinned: `name==version` is");
        return pl_error_hint(r->err, "compare what `podlock resolve`, "
                                     "pip-compile or `pip freeze` wrote");
    }
    if (!pl_version_parse(r->arena, pin->text, &version, r->err))
        return pl_error_locate(r->err, r->source, text);
    out->version = pl_version_text(r->arena, &version);
    return true;
}

static bool read_pin(struct reader *r, struct pl_str text,
                     struct pl_lock_package *out)
{
    struct pl_requirement req;
    if (!pl_requirement_parse(r->arena, text, &req, r->err))
        return pl_error_locate(r->err, r->source, text);
    out->name = req.name;
    out->extras = req.extra_count
                      ? pl_new_array(r->arena, struct pl_str, req.extra_count)
                      : NULL;
    out->extra_count = req.extra_count;
    for (size_t i = 0; i < req.extra_count; i++)
        out->extras[i] = req.extras[i];
    size_t semicolon = req.marker ? pl_str_rfind(text, ';') : text.len;
    if (req.marker)
        out->marker = pl_str_trim(pl_str_sub(text, semicolon + 1, text.len));
    if (!req.url.len)
        return set_version(r, text, &req, out);
    return pl_pins_locate(r->arena, req.url, out) ||
           fail(r, text, "this says neither a file, a folder nor a commit");
}

/* Words are views of the text: what lies between them is white space. */
static struct pl_str words_text(const struct reader *r, size_t from, size_t to)
{
    const struct pl_str *first = &r->words.at[from];
    const struct pl_str *last = &r->words.at[to - 1];
    return (struct pl_str){first->at,
                           (size_t)(last->at - first->at) + last->len};
}

static bool push(struct reader *r, const struct pl_lock_package *package)
{
    struct pl_lock_package *kept;
    if (r->packages.len >= PL_MAX_LOCK_PACKAGES)
        return pl_error_set(r->err, PL_ERR_LIMIT, package->span,
                            "more than %d packages", PL_MAX_LOCK_PACKAGES);
    void **slot = pl_map_slot(&r->places, package->name);
    if (*slot && !package->marker.len)
        return pl_error_set(r->err, PL_ERR_INPUT, package->span,
                            "`%.*s` is pinned twice",
                            PL_STR_ARG(package->name));
    kept = pl_new(r->arena, struct pl_lock_package);
    *kept = *package;
    *slot = kept;
    pl_vec_push(r->arena, &r->packages, *package);
    return true;
}

static bool read_pin_line(struct reader *r)
{
    struct pl_lock_package package = {0};
    size_t end = 1;
    while (end < r->words.len && !pl_str_starts(r->words.at[end], "--"))
        end++;
    struct pl_str text = words_text(r, 0, end);
    package.span = pl_span_of(r->source, text);
    return read_pin(r, text, &package) && add_hashes(r, end, &package) &&
           push(r, &package);
}

/* ---- options ---- */

static bool read_editable(struct reader *r)
{
    struct pl_lock_package package = {0};
    if (r->words.len < 2)
        return fail(r, r->words.at[0], "what is editable is not said");
    struct pl_str text = words_text(r, 1, r->words.len);
    package.span = pl_span_of(r->source, text);
    if (!pl_pins_editable(r->arena, text, r->remark, &package)) {
        fail(r, text, "the name of this package is not told");
        return pl_error_hint(r->err, "add #egg=NAME to it");
    }
    return push(r, &package);
}

static bool is_option(struct pl_str word, const char *letter, const char *name)
{
    size_t end = pl_str_find(word, '=');
    return pl_str_is(pl_str_sub(word, 0, end), name) ||
           (letter && pl_str_starts(word, letter) &&
            !pl_str_starts(word, "--"));
}

static bool read_option(struct reader *r)
{
    static const struct {
        const char *letter, *name;
    } known[] = {
        {"-i", "--index-url"},     {NULL, "--extra-index-url"},
        {"-f", "--find-links"},    {NULL, "--no-index"},
        {NULL, "--no-binary"},     {NULL, "--only-binary"},
        {NULL, "--trusted-host"},  {NULL, "--pre"},
        {NULL, "--prefer-binary"}, {NULL, "--require-hashes"},
        {NULL, "--use-feature"},
    };
    struct pl_str word = r->words.at[0];
    if (is_option(word, "-e", "--editable"))
        return read_editable(r);
    for (size_t i = 0; i < PL_COUNT(known); i++)
        if (is_option(word, known[i].letter, known[i].name))
            return true;
    if (is_option(word, "-r", "--requirement") ||
        is_option(word, "-c", "--constraint"))
        return fail(r, word, "another file is named; compare that, too");
    return fail(r, word, "this option is not known");
}

static bool read_line(struct reader *r, struct pl_str first)
{
    if (!r->words.len) {
        if (pl_str_starts(first, "#"))
            take_remark(r, first);
        return true;
    }
    end_package(r);
    bool good =
        pl_str_starts(r->words.at[0], "-") ? read_option(r) : read_pin_line(r);
    if (r->behind.len)
        take_remark(r, r->behind);
    r->remark = (struct pl_str){0};
    return good;
}

bool pl_pins_read(struct pl_arena *arena, const struct pl_source *source,
                  struct pl_lock *out, struct pl_error *err)
{
    struct reader r = {.arena = arena,
                       .source = source,
                       .err = err,
                       .rest = source->text,
                       .places = {.arena = arena}};
    struct pl_str first;
    while (r.rest.len && next_line(&r, &first))
        if (!read_line(&r, first))
            return false;
    end_package(&r);
    *out = (struct pl_lock){.is_foreign = true,
                            .packages = r.packages.at,
                            .package_count = r.packages.len,
                            .download = UINT64_MAX};
    pl_lock_sort(out);
    return true;
}
