#include "index/credentials.h"
#include "tests/fuzz/fuzz.h"

/* No entry holds what HTTP could not send, or belongs to an empty machine. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PL_ARENA(arena);
    struct pl_credentials c = {.arena = &arena};
    pl_credentials_take_netrc(&c, pl_fuzz_text(data, size));
    for (size_t i = 0; i < c.list.len; i++) {
        const struct pl_credential *entry = &c.list.at[i];
        PL_FUZZ_WANT(!entry->origin.len);
        PL_FUZZ_WANT(entry->username.len || entry->password.len);
        for (size_t k = 0; k < entry->password.len; k++)
            PL_FUZZ_WANT((unsigned char)entry->password.at[k] >= ' ');
    }
    (void)!pl_credentials_find(&c, PL_STR("https://h.example/"));
    return 0;
}
