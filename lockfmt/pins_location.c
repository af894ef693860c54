#include "lockfmt/pins_location.h"

#include "core/file.h"
#include "core/limits.h"
#include "index/url.h"
#include "lockfmt/lock_hash.h"
#include "pep/name.h"
#include "pep/version.h"

bool pl_pins_add_file(struct pl_arena *arena, const struct pl_lock_file *file,
                      struct pl_lock_package *package)
{
    size_t n = package->more_count;
    if (!package->file.name.len) {
        package->file = *file;
        return true;
    }
    if (n + 1 >= PL_MAX_LOCK_FILES)
        return false;
    if ((n & (n - 1)) == 0) {
        struct pl_lock_file *larger =
            pl_new_array(arena, struct pl_lock_file, n ? 2 * n : 1);
        for (size_t i = 0; i < n; i++)
            larger[i] = package->more[i];
        package->more = larger;
    }
    package->more[package->more_count++] = *file;
    return true;
}

/* ---- the parts of a location ---- */

/* The value of `key` in "a=1&b=2"; empty: not there. */
static struct pl_str member(struct pl_str fragment, const char *key)
{
    struct pl_str part;
    while (fragment.len && pl_str_cut(&fragment, '&', &part)) {
        size_t equals = pl_str_find(part, '=');
        if (pl_str_is(pl_str_sub(part, 0, equals), key))
            return pl_str_sub(part, equals + 1, part.len);
    }
    return (struct pl_str){0};
}

static struct pl_str without_fragment(struct pl_str text)
{
    return pl_str_sub(text, 0, pl_str_find(text, '#'));
}

/* "git+https", "hg+ssh": what stands before the first '+' of a scheme. */
static bool cut_vcs(struct pl_str *url, struct pl_str *vcs)
{
    static const char *const known[] = {"git", "hg", "svn", "bzr"};
    size_t plus = pl_str_find(*url, '+');
    struct pl_str head = pl_str_sub(*url, 0, plus);
    for (size_t i = 0; plus < url->len && i < PL_COUNT(known); i++)
        if (pl_str_is(head, known[i])) {
            *vcs = head;
            *url = pl_str_sub(*url, plus + 1, url->len);
            return true;
        }
    return false;
}

static bool is_archive(struct pl_str path)
{
    static const char *const ends[] = {".whl",     ".tar.gz", ".zip",
                                       ".tar.bz2", ".tar.xz", ".tgz"};
    for (size_t i = 0; i < PL_COUNT(ends); i++)
        if (pl_str_ends(path, ends[i]))
            return true;
    return false;
}

/* ---- what it is ---- */

/* The commit stands behind the last '@' of the path. */
static void set_commit(struct pl_str url, struct pl_lock_tree *tree)
{
    size_t slash = pl_str_rfind(url, '/');
    size_t at = pl_str_rfind(url, '@');
    bool has_commit = at < url.len && slash < url.len && at > slash;
    tree->url = has_commit ? pl_str_sub(url, 0, at) : url;
    tree->commit_id =
        has_commit ? pl_str_sub(url, at + 1, url.len) : (struct pl_str){0};
}

static void set_fragment(struct pl_arena *arena, struct pl_str fragment,
                         struct pl_lock_package *out)
{
    struct pl_lock_hash hash = {PL_STR("sha256"), member(fragment, "sha256")};
    out->tree.subdirectory = member(fragment, "subdirectory");
    if (pl_lock_hash_clean(arena, &hash))
        out->file.sha256 = hash.value;
}

/* "file:///a" is the path "/a". */
static struct pl_str local_path(struct pl_arena *arena, struct pl_str url)
{
    struct pl_url parts = pl_url_split(url);
    if (!parts.has_scheme)
        return url;
    return pl_str_is_nocase(parts.scheme, "file")
               ? pl_url_decode(arena, parts.path)
               : (struct pl_str){0};
}

bool pl_pins_locate(struct pl_arena *arena, struct pl_str url,
                    struct pl_lock_package *out)
{
    size_t hash = pl_str_find(url, '#');
    struct pl_str place = without_fragment(url);
    set_fragment(arena, pl_str_sub(url, hash + 1, url.len), out);
    if (cut_vcs(&place, &out->tree.vcs)) {
        out->source = PL_LOCK_VCS;
        set_commit(place, &out->tree);
        return true;
    }
    struct pl_str path = local_path(arena, place);
    if (is_archive(place)) {
        out->source = PL_LOCK_ARCHIVE;
        if (path.len)
            out->file.path = path;
        else
            out->file.url = place;
        out->file.name = pl_path_base(place);
        return true;
    }
    out->source = PL_LOCK_DIRECTORY;
    out->tree.path = path;
    return path.len > 0;
}

/* ---- editable ---- */

/* "... (name==1.0)" at the remark's end. */
static bool name_of_remark(struct pl_arena *arena, struct pl_str remark,
                           struct pl_lock_package *out)
{
    size_t open = pl_str_rfind(remark, '(');
    struct pl_version version;
    if (open == remark.len || !pl_str_ends(remark, ")"))
        return false;
    struct pl_str pin = pl_str_sub(remark, open + 1, remark.len - 1);
    size_t equals = pl_str_find_str(pin, PL_STR("=="));
    struct pl_str name = pl_str_sub(pin, 0, equals);
    if (!pl_name_valid(name))
        return false;
    out->name = pl_name_normalize(arena, name);
    if (pl_version_parse(arena, pl_str_sub(pin, equals + 2, pin.len), &version,
                         NULL))
        out->version = pl_version_text(arena, &version);
    return true;
}

static bool name_it(struct pl_arena *arena, struct pl_str where,
                    struct pl_str remark, struct pl_lock_package *out)
{
    size_t hash = pl_str_find(where, '#');
    struct pl_str egg = member(pl_str_sub(where, hash + 1, where.len), "egg");
    struct pl_str place = without_fragment(where);
    while (pl_str_ends(place, "/"))
        place.len--;
    if (!egg.len && name_of_remark(arena, remark, out))
        return true;
    if (!egg.len)
        egg = pl_path_base(place);
    egg = pl_str_sub(egg, 0, pl_str_find(egg, '['));
    if (!pl_name_valid(egg))
        return false;
    out->name = pl_name_normalize(arena, egg);
    return true;
}

bool pl_pins_editable(struct pl_arena *arena, struct pl_str where,
                      struct pl_str remark, struct pl_lock_package *out)
{
    if (!pl_pins_locate(arena, where, out) ||
        !name_it(arena, where, remark, out))
        return false;
    out->tree.editable = out->tree.has_editable = true;
    return true;
}
