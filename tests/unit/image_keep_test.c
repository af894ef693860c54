/* Which files of an image are kept; docs/snapshot.md has those that are read.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "container/image_keep.h"

#include "core/attr.h"
#include "core/limits.h"

static const struct {
    const char *path;
    size_t most;
} rows[] = {
    {"usr/lib/python3/dist-packages/x-1.dist-info/METADATA",
     PL_MAX_INSTALLED_BYTES},
    {"METADATA", PL_MAX_INSTALLED_BYTES},
    {"a/blinker-1.4.egg-info", PL_MAX_INSTALLED_BYTES},
    {"a/x.egg-info/PKG-INFO", PL_MAX_INSTALLED_BYTES},
    {"a/x.egg-info/requires.txt", PL_MAX_INSTALLED_BYTES},
    {"a/x.dist-info/top_level.txt", PL_MAX_INSTALLED_BYTES},
    {"a/x.dist-info/RECORD", PL_MAX_RECORD_BYTES},
    {"a/x.dist-info/INSTALLER", PL_MAX_SMALL_FILE_BYTES},
    {"a/x.dist-info/direct_url.json", PL_MAX_SMALL_FILE_BYTES},
    {"a/x.egg-link", PL_MAX_SMALL_FILE_BYTES},
    {"venv/pyvenv.cfg", PL_MAX_SMALL_FILE_BYTES},
    {"usr/include/python3.12/patchlevel.h", PL_MAX_SMALL_FILE_BYTES},
    {"usr/lib/os-release", PL_MAX_SMALL_FILE_BYTES},
    {"usr/local/cuda-12.8/version.json", PL_MAX_SMALL_FILE_BYTES},
    {"usr/local/cuda-10.2/version.txt", PL_MAX_SMALL_FILE_BYTES},
    {"etc/pip.conf", PL_MAX_PIP_CONF_BYTES},
    {"root/.config/pip/pip.conf", PL_MAX_PIP_CONF_BYTES},
    {"etc/pip/constraint.txt", PL_MAX_USER_FILE_BYTES},
    {"opt/my-constraints-1.txt", PL_MAX_USER_FILE_BYTES},
    {"app/requirements.txt", PL_MAX_USER_FILE_BYTES},
    {"etc/pip/pins", PL_MAX_USER_FILE_BYTES},
    {"var/lib/dpkg/status", PL_MAX_DPKG_BYTES},
    {"lib/x86_64-linux-gnu/libc.so.6", PL_MAX_LIBC_BYTES},
    {"lib/x86_64-linux-gnu/libc-2.31.so", PL_MAX_LIBC_BYTES},
    {"a/site-packages/x.pth", PL_MAX_SMALL_FILE_BYTES},
    {"usr/bin/python3.12", 64},
    {"bin/busybox", 64},
    {"models/big.pth", 0},
    {"a/torch/lib/libtorch.so", 0},
    {"a/x.dist-info/LICENSE", 0},
    {"a/METADATA/x", 0},
    {"a/xMETADATA", 0},
    {"a/x.egg-info.old", 0},
    {"usr/bin/pip", 0},
    {"lib/libc-3.so", 0},
    {"", 0},
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < PL_COUNT(rows); i++)
        if (pl_image_keep(pl_str_from(rows[i].path)) != rows[i].most)
            fail_msg("%s: %zu bytes", rows[i].path,
                     pl_image_keep(pl_str_from(rows[i].path)));
}

/* Matching takes no time that grows with what no file system can have. */
static void test_long_names(void **state)
{
    char name[PL_MAX_PATH_BYTES];
    (void)state;
    memset(name, 'a', sizeof(name));
    memcpy(name + sizeof(name) - 4, ".txt", 4);
    memcpy(name + sizeof(name) - 14, "constraint", 10);
    struct pl_str path = {name, sizeof(name)};
    assert_int_equal(pl_image_keep(path), 0);
    path = pl_str_sub(path, path.len - 255, path.len);
    assert_int_equal(pl_image_keep(path), PL_MAX_USER_FILE_BYTES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
