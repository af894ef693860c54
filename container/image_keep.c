#include "container/image_keep.h"

#include "core/attr.h"
#include "core/file.h"
#include "core/limits.h"

/* Programs and libraries say in their first bytes what they are for. */
#define HEAD_BYTES 64

struct keep {
    const char *name; /* with a '*' where anything may stand */
    size_t most;
};

static const struct keep by_name[] = {
    {"METADATA", PL_MAX_INSTALLED_BYTES},
    {"PKG-INFO", PL_MAX_INSTALLED_BYTES},
    {"*.egg-info", PL_MAX_INSTALLED_BYTES},
    {"requires.txt", PL_MAX_INSTALLED_BYTES},
    {"top_level.txt", PL_MAX_INSTALLED_BYTES},
    {"RECORD", PL_MAX_RECORD_BYTES},
    {"INSTALLER", PL_MAX_SMALL_FILE_BYTES},
    {"direct_url.json", PL_MAX_SMALL_FILE_BYTES},
    {"*.egg-link", PL_MAX_SMALL_FILE_BYTES},
    {"pyvenv.cfg", PL_MAX_SMALL_FILE_BYTES},
    {"patchlevel.h", PL_MAX_SMALL_FILE_BYTES},
    {"EXTERNALLY-MANAGED", PL_MAX_SMALL_FILE_BYTES},
    {"os-release", PL_MAX_SMALL_FILE_BYTES},
    {"version.json", PL_MAX_SMALL_FILE_BYTES},
    {"version.txt", PL_MAX_SMALL_FILE_BYTES},
    {"pip.conf", PL_MAX_PIP_CONF_BYTES},
    {"*constraint*.txt", PL_MAX_USER_FILE_BYTES},
    {"*requirement*.txt", PL_MAX_USER_FILE_BYTES},
    {"libc.so.6", PL_MAX_LIBC_BYTES},
    {"libc-2.*.so", PL_MAX_LIBC_BYTES},
    {"busybox", HEAD_BYTES},
};

/* With the folder that it lies in. */
static const struct keep by_folder[] = {
    {"dpkg/status", PL_MAX_DPKG_BYTES},
    {"pip/*", PL_MAX_USER_FILE_BYTES},
    /* Elsewhere such are weights of models. */
    {"*-packages/*.pth", PL_MAX_SMALL_FILE_BYTES},
    {"torch/version.py", PL_MAX_SMALL_FILE_BYTES},
    {"bin/python*", HEAD_BYTES},
};

/* No file system has longer ones, and matching takes their square. */
#define NAME_BYTES 255

static bool fits(struct pl_str name, struct pl_str pattern)
{
    size_t star = pl_str_find(pattern, '*');
    if (star == pattern.len)
        return pl_str_eq(name, pattern);
    if (!pl_str_eq(pl_str_sub(name, 0, star), pl_str_sub(pattern, 0, star)))
        return false;
    pattern = pl_str_sub(pattern, star + 1, pattern.len);
    for (size_t i = star; i <= name.len; i++)
        if (fits(pl_str_sub(name, i, name.len), pattern))
            return true;
    return false;
}

static size_t most_of(struct pl_str name, const struct keep *table,
                      size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fits(name, pl_str_from(table[i].name)))
            return table[i].most;
    return 0;
}

size_t pl_image_keep(struct pl_str path)
{
    struct pl_str name = pl_path_base(path);
    struct pl_str above = pl_str_sub(path, 0, path.len - name.len);
    struct pl_str folder = pl_path_base(pl_str_sub(above, 0, above.len - 1));
    size_t most;
    if (name.len > NAME_BYTES || folder.len > NAME_BYTES)
        return 0;
    most = most_of(name, by_name, PL_COUNT(by_name));
    if (most || !above.len)
        return most;
    above = pl_str_sub(path, path.len - name.len - 1 - folder.len, path.len);
    return most_of(above, by_folder, PL_COUNT(by_folder));
}
