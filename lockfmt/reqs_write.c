#include "lockfmt/reqs_write.h"

#include "core/escape.h"
#include "core/file.h"
#include "lockfmt/lock_header.h"

/*
 * pip's grammar has no escapes: what could end a word, a line or a file name
 * is written in a form that pip reads as something else and refuses.
 */

static bool is_token(char c)
{
    return pl_is_alnum(c) || pl_str_has(PL_STR("._+!-"), c);
}

/* Names, versions and digests are checked long before; `?` is in none. */
static void add_token(struct pl_buf *out, struct pl_str token)
{
    for (size_t i = 0; i < token.len; i++)
        pl_buf_add_char(out, is_token(token.at[i]) ? token.at[i] : '?');
}

/* No braces: ${NAME} would be replaced; no `;`: it may begin a marker. */
static bool is_url(char c)
{
    return pl_is_alnum(c) || pl_str_has(PL_STR("-._~:/?#[]@!$&()*+,=%"), c);
}

static void add_url(struct pl_buf *out, struct pl_str url)
{
    for (size_t i = 0; i < url.len; i++) {
        if (is_url(url.at[i]))
            pl_buf_add_char(out, url.at[i]);
        else
            pl_buf_addf(out, "%%%02X", (unsigned)(unsigned char)url.at[i]);
    }
}

/* ---- indexes ---- */

struct index_use {
    struct pl_str url;
    size_t packages;
};

static bool is_pypi(struct pl_str url)
{
    return pl_str_is(url, "https://pypi.org/simple") ||
           pl_str_is(url, "https://pypi.org/simple/");
}

static int cmp_use(const void *a, const void *b)
{
    const struct index_use *x = a, *y = b;
    bool x_pypi = is_pypi(x->url), y_pypi = is_pypi(y->url);
    if (x_pypi != y_pypi)
        return x_pypi ? -1 : 1;
    if (x->packages != y->packages)
        return x->packages > y->packages ? -1 : 1;
    return pl_str_cmp(x->url, y->url);
}

/* PyPI first, then by the number of packages; each once. */
static size_t collect_indexes(const struct pl_lock *lock,
                              struct index_use *uses)
{
    size_t count = 0;
    for (size_t i = 0; i < lock->package_count; i++) {
        struct pl_str url = lock->packages[i].index;
        size_t at = 0;
        while (at < count && !pl_str_eq(uses[at].url, url))
            at++;
        if (!url.len)
            continue;
        if (at == count)
            uses[count++] = (struct index_use){.url = url};
        uses[at].packages++;
    }
    if (count > 1)
        qsort(uses, count, sizeof(*uses), cmp_use);
    return count;
}

static void add_indexes(const struct pl_lock *lock, struct pl_buf *out)
{
    PL_ARENA(arena);
    struct index_use *uses =
        pl_new_array(&arena, struct index_use, lock->package_count + 1);
    size_t count = collect_indexes(lock, uses);
    for (size_t i = 0; i < count; i++) {
        if (is_pypi(uses[i].url))
            continue;
        pl_buf_add_cstr(out, i ? "--extra-index-url " : "--index-url ");
        add_url(out, uses[i].url);
        pl_buf_add_char(out, '\n');
    }
    if (count > 1 || (count && !is_pypi(uses[0].url)))
        pl_buf_add_char(out, '\n');
}

/* ---- requirements.txt ---- */

static void add_via(const struct pl_lock *lock,
                    const struct pl_lock_package *package, struct pl_buf *out)
{
    bool split = lock->via_split && package->via_count > 1;
    if (!lock->with_via || !package->via_count)
        return;
    pl_buf_add_cstr(out, "    # via");
    for (size_t i = 0; i < package->via_count; i++) {
        if (split)
            pl_buf_add_cstr(out, "\n    #   ");
        else
            pl_buf_add_cstr(out, i ? ", " : " ");
        pl_escape_comment(out, package->via[i]);
    }
    pl_buf_add_char(out, '\n');
}

/* A path is read as one only with a `/` in it, relative to where pip runs. */
static void add_path(struct pl_buf *out, struct pl_str path)
{
    if (!pl_str_starts(path, "/") && !pl_str_starts(path, "."))
        pl_buf_add_cstr(out, "./");
    add_url(out, path);
}

static void add_requirement(const struct pl_lock_package *package,
                            struct pl_buf *out)
{
    const struct pl_lock_file *file = &package->file;
    if (file->path.len) {
        add_path(out, file->path);
        return;
    }
    add_token(out, package->name);
    if (package->index.len || !file->url.len) {
        pl_buf_add_cstr(out, "==");
        add_token(out, package->version);
        return;
    }
    pl_buf_add_cstr(out, " @ ");
    add_url(out, file->url);
}

void pl_reqs_write(const struct pl_lock *lock, struct pl_str output_name,
                   struct pl_buf *out)
{
    /* The install line depends on the format; "-" does not tell it. */
    if (!pl_lock_is_text(output_name))
        output_name = PL_STR("requirements.txt");
    pl_lock_header(lock, "Locked by podlock.", out);
    pl_lock_header_install(lock, output_name, out);
    pl_buf_add_cstr(out, lock->with_header ? "\n" : "");
    add_indexes(lock, out);
    for (size_t i = 0; i < lock->package_count; i++) {
        add_requirement(&lock->packages[i], out);
        pl_buf_add_cstr(out, " \\\n    --hash=sha256:");
        add_token(out, lock->packages[i].file.sha256);
        pl_buf_add_char(out, '\n');
        add_via(lock, &lock->packages[i], out);
    }
}

/* ---- constraints.txt ---- */

static void add_pin(struct pl_buf *out, struct pl_str name,
                    struct pl_str version, const char *remark)
{
    add_token(out, name);
    pl_buf_add_cstr(out, "==");
    add_token(out, version);
    pl_buf_addf(out, "%s\n", remark);
}

/* Is the next one a fact of the template? Both lists are sorted. */
static bool fact_is_next(const struct pl_lock *lock, size_t package,
                         size_t fact)
{
    if (fact == lock->provided_count || package == lock->package_count)
        return fact < lock->provided_count;
    return pl_str_cmp(lock->provided[fact].name, lock->packages[package].name) <
           0;
}

void pl_constraints_write(const struct pl_lock *lock, struct pl_buf *out)
{
    size_t package = 0, fact = 0;
    pl_lock_header(lock, "Constraints, for `pip install -c`, by podlock.", out);
    pl_buf_add_cstr(out, lock->with_header ? "\n" : "");
    while (package < lock->package_count || fact < lock->provided_count) {
        if (fact_is_next(lock, package, fact)) {
            const struct pl_lock_provided *p = &lock->provided[fact++];
            add_pin(out, p->name, p->version, "  # in the template");
        } else {
            const struct pl_lock_package *p = &lock->packages[package++];
            add_pin(out, p->name, p->version, "");
        }
    }
}
