#include "lockfmt/reqs_write.h"

#include "core/escape.h"
#include "core/file.h"
#include "core/limits.h"
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

bool pl_reqs_is_by_path(const struct pl_lock_package *package)
{
    return package->file.path.len && !package->more_count &&
           (package->source == PL_LOCK_ARCHIVE || !package->file.url.len);
}

/*
 * podlock's own locks have no index where a URL was asked for; other tools
 * may leave it out of what came from one, and say of a URL that it is an
 * archive.
 */
static bool is_by_url(const struct pl_lock *lock,
                      const struct pl_lock_package *package)
{
    if (package->source == PL_LOCK_ARCHIVE)
        return true;
    return !lock->is_foreign && !package->index.len && package->file.url.len;
}

/* Nothing that could begin a query, a fragment or another of its parts. */
static void add_plain(struct pl_str text, struct pl_buf *out)
{
    for (size_t i = 0; i < text.len; i++)
        if (pl_str_has(PL_STR("?#&=;[]"), text.at[i]))
            pl_buf_addf(out, "%%%02X", (unsigned)(unsigned char)text.at[i]);
        else
            add_url(out, pl_str_sub(text, i, i + 1));
}

static void add_subdirectory(const struct pl_lock_tree *tree,
                             struct pl_buf *out)
{
    if (!tree->subdirectory.len)
        return;
    pl_buf_add_cstr(out, "#subdirectory=");
    add_plain(tree->subdirectory, out);
}

/* "git@host:path", which only ssh itself knows, is a URL for pip. */
static void add_repository(struct pl_str url, struct pl_buf *out)
{
    size_t colon = pl_str_find(url, ':');
    bool is_url = pl_str_find_str(url, PL_STR("://")) < url.len;
    if (is_url) {
        add_plain(url, out);
        return;
    }
    pl_buf_add_cstr(out, "ssh://");
    add_plain(pl_str_sub(url, 0, colon), out);
    pl_buf_add_char(out, '/');
    add_plain(pl_str_sub(url, colon + 1, url.len), out);
}

static void add_commit(const struct pl_lock_package *package,
                       struct pl_buf *out)
{
    const struct pl_lock_tree *tree = &package->tree;
    PL_BUF(scheme, PL_MAX_OUTPUT_BYTES);
    pl_buf_addf(&scheme, "%.*s+", PL_STR_ARG(tree->vcs));
    add_token(out, package->name);
    pl_buf_add_cstr(out, " @ ");
    if (!pl_str_starts(tree->url, scheme.data))
        add_token(out, pl_buf_view(&scheme));
    add_repository(tree->url, out);
    pl_buf_add_char(out, '@');
    add_token(out, tree->commit_id);
    add_subdirectory(tree, out);
}

static void add_folder(const struct pl_lock_tree *tree, struct pl_buf *out)
{
    pl_buf_add_cstr(out, tree->editable ? "-e " : "");
    add_path(out, tree->path);
    if (!tree->subdirectory.len)
        return;
    pl_buf_add_char(out, '/');
    add_plain(tree->subdirectory, out);
}

static void add_requirement(const struct pl_lock *lock,
                            const struct pl_lock_package *package,
                            struct pl_buf *out)
{
    const struct pl_lock_file *file = &package->file;
    if (package->source == PL_LOCK_VCS) {
        add_commit(package, out);
    } else if (package->source == PL_LOCK_DIRECTORY) {
        add_folder(&package->tree, out);
    } else if (pl_reqs_is_by_path(package)) {
        add_path(out, file->path);
    } else if (is_by_url(lock, package)) {
        add_token(out, package->name);
        pl_buf_add_cstr(out, " @ ");
        add_url(out, pl_str_sub(file->url, 0, pl_str_find(file->url, '#')));
        add_subdirectory(&package->tree, out);
    } else {
        add_token(out, package->name);
        pl_buf_add_cstr(out, "==");
        add_token(out, package->version);
    }
}

/* ---- markers and hashes ---- */

/*
 * pip takes a word that begins with '-' for an option and one with '#' for a
 * comment, and replaces ${NAME}, wherever they stand.
 */
static bool may_follow(char before, char c)
{
    if (c == '-' || c == '#')
        return before != ' ' && c == '-';
    return pl_is_alnum(c) || pl_str_has(PL_STR(" \"'._+!=<>~()*,/:@%"), c);
}

bool pl_reqs_is_marker(struct pl_str marker)
{
    for (size_t i = 0; i < marker.len; i++)
        if (!may_follow(i ? marker.at[i - 1] : ' ', marker.at[i]))
            return false;
    return true;
}

/* A URL ends only with a space. */
static void add_marker(struct pl_str marker, struct pl_buf *out)
{
    if (!marker.len)
        return;
    pl_buf_add_cstr(out, " ; ");
    for (size_t i = 0; i < marker.len; i++)
        pl_buf_add_char(out,
                        may_follow(i ? marker.at[i - 1] : ' ', marker.at[i])
                            ? marker.at[i]
                            : '?');
}

struct pl_lock_hash pl_reqs_hash(const struct pl_lock_file *file)
{
    struct pl_lock_hash best = {PL_STR("sha256"), file->sha256};
    if (best.value.len)
        return best;
    best.algorithm.len = 0;
    for (size_t i = 0; i < file->hash_count; i++) {
        const struct pl_lock_hash *hash = &file->hashes[i];
        bool is_known = pl_str_is(hash->algorithm, "sha384") ||
                        pl_str_is(hash->algorithm, "sha512");
        if (is_known && hash->value.len > best.value.len)
            best = *hash;
    }
    return best;
}

static void add_hash(const struct pl_lock_file *file, struct pl_buf *out)
{
    struct pl_lock_hash hash = pl_reqs_hash(file);
    if (!hash.algorithm.len)
        return;
    pl_buf_add_cstr(out, " \\\n    --hash=");
    add_token(out, hash.algorithm);
    pl_buf_add_char(out, ':');
    add_token(out, hash.value);
}

static void add_hashes(const struct pl_lock_package *package,
                       struct pl_buf *out)
{
    add_hash(&package->file, out);
    for (size_t i = 0; i < package->more_count; i++)
        add_hash(&package->more[i], out);
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
        add_requirement(lock, &lock->packages[i], out);
        add_marker(lock->packages[i].marker, out);
        if (!lock->without_hashes)
            add_hashes(&lock->packages[i], out);
        pl_buf_add_char(out, '\n');
        add_via(lock, &lock->packages[i], out);
    }
}

/* ---- constraints.txt ---- */

bool pl_pin_possible(const struct pl_lock_package *package)
{
    return package->version.len ||
           (package->source == PL_LOCK_ARCHIVE && package->file.url.len) ||
           (package->source == PL_LOCK_VCS && package->tree.url.len);
}

static void add_package_pin(const struct pl_lock *lock,
                            const struct pl_lock_package *package,
                            struct pl_buf *out)
{
    if (!pl_pin_possible(package)) {
        pl_buf_add_cstr(out, "# ");
        add_token(out, package->name);
        pl_buf_add_cstr(out, ": the lock does not state a version\n");
        return;
    }
    if (package->version.len) {
        add_token(out, package->name);
        pl_buf_add_cstr(out, "==");
        add_token(out, package->version);
    } else {
        add_requirement(lock, package, out);
    }
    add_marker(package->marker, out);
    pl_buf_add_char(out, '\n');
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

void pl_pins_write(const struct pl_lock *lock, struct pl_buf *out)
{
    size_t package = 0, fact = 0;
    while (package < lock->package_count || fact < lock->provided_count) {
        if (fact_is_next(lock, package, fact)) {
            const struct pl_lock_provided *p = &lock->provided[fact++];
            add_token(out, p->name);
            pl_buf_add_cstr(out, "==");
            add_token(out, p->version);
            pl_buf_add_cstr(out, "  # in the template\n");
        } else {
            add_package_pin(lock, &lock->packages[package++], out);
        }
    }
}

void pl_constraints_write(const struct pl_lock *lock, struct pl_buf *out)
{
    pl_lock_header(lock, "Constraints, for `pip install -c`, by podlock.", out);
    pl_buf_add_cstr(out, lock->with_header ? "\n" : "");
    pl_pins_write(lock, out);
}
