#include "index/find_links.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/digest.h"
#include "core/file.h"
#include "core/limits.h"
#include "core/vec.h"
#include "index/metadata.h"
#include "index/page.h"
#include "index/url.h"
#include "index/wheel_file.h"
#include "pep/name.h"

/* Stands for the root of the file system while a page is read. */
#define LOCAL_ROOT "http://local.invalid/"

/* A file of a folder, sorted by its name as a project's name would be. */
struct listed {
    struct pl_str normal, name;
};

struct place {
    struct pl_str path;
    bool is_page;
    struct listed *files; /* of a folder */
    size_t count;
    struct pl_str body, url; /* of a page */
    bool is_read;            /* the rows are there */
    struct pl_page_rows rows;
};

struct pl_find_links {
    struct pl_arena *arena;
    const struct pl_net *net; /* NULL until it is needed */
    struct place *places;
    size_t count;
};

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
}

static bool need_net(struct pl_find_links *links, struct pl_error *err)
{
    return links->net || pl_net_load(&links->net, err);
}

/* ---- opening places ---- */

static int cmp_listed(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    int order = pl_str_cmp(x->normal, y->normal);
    return order ? order : pl_str_cmp(x->name, y->name);
}

static bool list_folder(struct pl_arena *arena, struct place *place,
                        struct pl_error *err)
{
    struct pl_str *names;
    if (!pl_dir_list(arena, place->path, &names, &place->count, err))
        return false;
    place->files = pl_new_array(arena, struct listed, place->count);
    for (size_t i = 0; i < place->count; i++)
        place->files[i] =
            (struct listed){pl_name_normalize(arena, names[i]), names[i]};
    if (place->count)
        qsort(place->files, place->count, sizeof(place->files[0]), cmp_listed);
    return true;
}

/* The URL of an absolute path below LOCAL_ROOT. */
static struct pl_str url_of(struct pl_arena *arena, const char *path)
{
    PL_BUF(url, 3 * PL_MAX_PATH_BYTES + sizeof(LOCAL_ROOT));
    pl_buf_add_cstr(&url, LOCAL_ROOT);
    for (const char *at = path + 1; *at; at++) {
        if (pl_is_alnum(*at) || strchr("/-._~", *at))
            pl_buf_add_char(&url, *at);
        else
            pl_buf_addf(&url, "%%%02X", (unsigned)(unsigned char)*at);
    }
    return pl_arena_dup(arena, pl_buf_view(&url));
}

static void free_text(char **text)
{
    free(*text);
}

static bool load_page(struct pl_arena *arena, struct place *place,
                      struct pl_error *err)
{
    if (!pl_file_load(arena, place->path, PL_MAX_PAGE_BYTES, &place->body, NULL,
                      err))
        return false;
    char *path PL_CLEANUP(free_text) = realpath(place->path.at, NULL);
    if (!path || strlen(path) >= PL_MAX_PATH_BYTES)
        return pl_error_plain(err, PL_ERR_FILE, "cannot read %.*s: %s",
                              PL_STR_ARG(place->path),
                              strerror(path ? ENAMETOOLONG : errno));
    place->url = url_of(arena, path);
    place->is_page = true;
    return true;
}

static bool open_place(struct pl_arena *arena, struct pl_str stated,
                       struct place *place, struct pl_error *err)
{
    struct stat info;
    if (pl_str_starts(stated, "file://"))
        stated = pl_url_decode(arena, pl_url_split(stated).path);
    place->path = pl_arena_dup(arena, stated);
    if (pl_str_has(stated, '\0'))
        return pl_error_plain(err, PL_ERR_FILE,
                              "a path of --find-links holds NUL");
    if (stat(place->path.at, &info) < 0)
        return pl_error_plain(err, PL_ERR_FILE,
                              "cannot read %.*s of --find-links: %s",
                              PL_STR_ARG(stated), strerror(errno));
    if (S_ISDIR(info.st_mode))
        return list_folder(arena, place, err);
    if (S_ISREG(info.st_mode) &&
        (pl_str_ends(stated, ".html") || pl_str_ends(stated, ".htm")))
        return load_page(arena, place, err);
    return pl_error_plain(err, PL_ERR_FILE,
                          "%.*s of --find-links is no folder and no HTML page",
                          PL_STR_ARG(stated));
}

bool pl_find_links_open(struct pl_arena *arena, const struct pl_str *places,
                        size_t count, struct pl_find_links **out,
                        struct pl_error *err)
{
    struct pl_find_links *links = pl_new(arena, struct pl_find_links);
    links->arena = arena;
    links->places = pl_new_array(arena, struct place, count);
    links->count = count;
    for (size_t i = 0; i < count; i++)
        if (!open_place(arena, places[i], &links->places[i], err))
            return false;
    *out = links;
    return true;
}

/* ---- files ---- */

/* *fd stays -1 for what is no regular file. Never waits for a fifo. */
static bool open_file(struct pl_str path, int *fd, uint64_t *size,
                      struct pl_error *err)
{
    struct stat info;
    if (stat(path.at, &info) < 0) {
        if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
            return true;
    } else if (!S_ISREG(info.st_mode)) {
        return true;
    } else {
        *fd = open(path.at, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        *size = (uint64_t)info.st_size;
        if (*fd >= 0)
            return true;
    }
    return pl_error_plain(err, PL_ERR_FILE, "cannot read %.*s: %s",
                          PL_STR_ARG(path), strerror(errno));
}

static bool check_stated(const struct pl_file_details *file,
                         struct pl_str found, struct pl_error *err)
{
    if (!file->sha256.len || pl_str_eq(file->sha256, found))
        return true;
    pl_error_plain(err, PL_ERR_INTEGRITY,
                   "%.*s is not the file that its page states",
                   PL_STR_ARG(file->path));
    return pl_error_because(err, "its SHA-256 is %.*s, the page says %.*s",
                            PL_STR_ARG(found), PL_STR_ARG(file->sha256));
}

/* Hash and size of a file on this machine; *there is false if it is none. */
static bool measure(struct pl_arena *arena, struct pl_file *file, bool *there,
                    struct pl_error *err)
{
    int fd PL_CLEANUP(close_fd) = -1;
    struct pl_file_details details = *file->details;
    struct pl_str sha256;
    if (!open_file(details.path, &fd, &details.size, err))
        return false;
    *there = fd >= 0;
    if (!*there)
        return true;
    if (!pl_sha256_file(arena, fd, &sha256, err))
        return pl_error_wrap(err, "%.*s", PL_STR_ARG(details.path));
    if (!check_stated(&details, sha256, err))
        return false;
    details.sha256 = sha256;
    details.has_size = true;
    file->details = pl_file_details_keep(arena, &details);
    file->has_sha256 = true;
    return true;
}

/* The page with the files that are there; those elsewhere stay as they are. */
static bool measure_all(struct pl_arena *arena, const struct pl_page *page,
                        const struct pl_page **out, struct pl_error *err)
{
    struct pl_page *measured = pl_new(arena, struct pl_page);
    struct pl_file *files =
        pl_new_array(arena, struct pl_file, page->file_count);
    *measured = *page;
    measured->file_count = 0;
    measured->files = files;
    for (size_t i = 0; i < page->file_count; i++) {
        struct pl_file file = page->files[i];
        bool there = true;
        file.page = measured;
        if (file.details->path.len && !measure(arena, &file, &there, err))
            return false;
        if (there)
            files[measured->file_count++] = file;
    }
    *out = measured;
    return true;
}

/* ---- folders ---- */

/* Is it the file of a project of that name, or of one that begins so? */
static bool may_be_of(const struct listed *listed, struct pl_str project)
{
    struct pl_str rest =
        pl_str_sub(listed->normal, project.len, listed->normal.len);
    return pl_str_eq(pl_str_sub(listed->normal, 0, project.len), project) &&
           pl_str_starts(rest, "-");
}

static size_t first_of(const struct place *place, struct pl_str project)
{
    size_t low = 0, high = place->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pl_str_cmp(place->files[middle].normal, project) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool read_folder(struct pl_arena *arena, const struct place *place,
                        struct pl_str project, const struct pl_page **out,
                        struct pl_error *err)
{
    struct pl_page_input input = {
        .project = project, .folder = place->path, .is_flat = true};
    struct pl_page_build build = pl_page_begin(arena, &input);
    for (size_t i = first_of(place, project); i < place->count; i++) {
        struct pl_page_row row = {.name = place->files[i].name};
        if (!pl_str_starts(place->files[i].normal, project.at))
            break;
        if (may_be_of(&place->files[i], project) &&
            !pl_page_add(&build, &row, err))
            return false;
    }
    return measure_all(arena, pl_page_finish(&build), out, err);
}

/* ---- pages ---- */

static const struct pl_file_details *
at_root(struct pl_arena *arena, const struct pl_file_details *details)
{
    struct pl_file_details rooted = *details;
    rooted.path = pl_arena_printf(arena, "/%.*s", PL_STR_ARG(details->path));
    return pl_file_details_keep(arena, &rooted);
}

/* Paths below LOCAL_ROOT become absolute; what hides below it is left out. */
static const struct pl_page *without_root(struct pl_arena *arena,
                                          const struct pl_page *page)
{
    struct pl_page *rooted = pl_new(arena, struct pl_page);
    struct pl_file *files =
        pl_new_array(arena, struct pl_file, page->file_count);
    *rooted = *page;
    rooted->files = files;
    rooted->file_count = 0;
    for (size_t i = 0; i < page->file_count; i++) {
        struct pl_file file = page->files[i];
        if (pl_str_starts(file.details->url, LOCAL_ROOT))
            continue;
        if (file.details->path.len)
            file.details = at_root(arena, file.details);
        files[rooted->file_count++] = file;
    }
    return rooted;
}

static bool read_rows(struct pl_find_links *links, struct place *place,
                      struct pl_error *err)
{
    if (place->is_read)
        return true;
    if (!need_net(links, err))
        return false;
    place->is_read = links->net->rows_parse_html(links->arena, place->body,
                                                 place->url, &place->rows, err);
    return place->is_read ||
           pl_error_wrap(err, "%.*s", PL_STR_ARG(place->path));
}

static bool read_page(struct pl_find_links *links, struct place *place,
                      struct pl_str project, const struct pl_page **out,
                      struct pl_error *err)
{
    const struct pl_page *page;
    struct pl_page_input input = {
        .path_root = PL_STR(LOCAL_ROOT),
        .project = project,
        .is_flat = true,
    };
    if (!read_rows(links, place, err) ||
        !pl_page_from_rows(links->arena, &input, &place->rows, &page, err))
        return false;
    return measure_all(links->arena, without_root(links->arena, page), out,
                       err);
}

/* ---- the interface ---- */

bool pl_find_links_page(struct pl_find_links *links, struct pl_str project,
                        const struct pl_page **out, struct pl_error *err)
{
    PL_VEC(const struct pl_page *) pages = {0};
    project = pl_arena_dup(links->arena, project);
    for (size_t i = 0; i < links->count; i++) {
        struct place *place = &links->places[i];
        const struct pl_page *page;
        if (!(place->is_page
                  ? read_page(links, place, project, &page, err)
                  : read_folder(links->arena, place, project, &page, err)))
            return false;
        if (page->file_count)
            pl_vec_push(links->arena, &pages, page);
    }
    *out = pages.len ? pl_page_merge(links->arena, pages.at, pages.len) : NULL;
    return true;
}

static bool read_wheel(struct pl_find_links *links, const struct pl_file *file,
                       int fd, struct pl_metadata *out, struct pl_error *err)
{
    struct pl_str text;
    struct pl_error why = {.arena = links->arena};
    if (pl_wheel_read_file(links->arena, links->net, fd, file, &text, &why))
        return pl_metadata_parse(links->arena, text, file, out, err);
    if (why.code == PL_ERR_FILE)
        pl_error_wrap(&why, "%.*s", PL_STR_ARG(file->details->path));
    return pl_error_plain(err, why.code, "%.*s", PL_STR_ARG(why.message));
}

static bool changed(const struct pl_file *file, struct pl_error *err)
{
    return pl_error_plain(err, PL_ERR_FILE, "%.*s changed while it was read",
                          PL_STR_ARG(file->details->path));
}

static bool read_sdist(struct pl_find_links *links, const struct pl_file *file,
                       struct pl_metadata *out, struct pl_error *err)
{
    PL_ARENA(scratch);
    struct pl_str bytes;
    enum pl_file_state state;
    if (!pl_file_load(&scratch, file->details->path, PL_MAX_SDIST_BYTES, &bytes,
                      &state, err))
        return false;
    if (state != PL_FILE_READ ||
        !pl_str_eq(pl_sha256_hex(&scratch, bytes), file->details->sha256))
        return changed(file, err);
    return links->net->sdist_parse(links->arena, bytes, file, out, err);
}

bool pl_find_links_metadata(struct pl_find_links *links,
                            const struct pl_file *file, struct pl_metadata *out,
                            struct pl_error *err)
{
    int fd PL_CLEANUP(close_fd) = -1;
    uint64_t size = 0;
    if (!need_net(links, err) ||
        !open_file(file->details->path, &fd, &size, err))
        return false;
    if (fd < 0 || size != file->details->size)
        return changed(file, err);
    return file->kind == PL_FILE_WHEEL ? read_wheel(links, file, fd, out, err)
                                       : read_sdist(links, file, out, err);
}
