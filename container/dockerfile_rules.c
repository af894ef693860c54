#include "container/dockerfile_rules.h"

const struct pl_finding_rule pl_docker_rules[PL_DOCKER_RULE_COUNT] = {
    [PL_PD101_REPLACED] = {"PD101", "protected-replaced", PL_LEVEL_ERROR,
                           "a command replaces a package that the image "
                           "protects"},
    [PL_PD102_UPGRADED] =
        {"PD102", "protected-reinstalled", PL_LEVEL_ERROR,
         "a protected package is upgraded or installed again"},
    [PL_PD103_REMOVED] = {"PD103", "protected-removed", PL_LEVEL_ERROR,
                          "a protected package is uninstalled"},
    [PL_PD104_PULLS_TORCH] = {"PD104", "pulls-torch", PL_LEVEL_WARNING,
                              "a package is installed that asks for a torch of "
                              "its own"},
    [PL_PD105_UPGRADE] = {"PD105", "upgrade-unbounded", PL_LEVEL_WARNING,
                          "an upgrade without constraint may reach torch"},
    [PL_PD106_FORCE] = {"PD106", "force-reinstall", PL_LEVEL_WARNING,
                        "everything that is needed is installed again, torch "
                        "too"},
    [PL_PD107_SYNC] = {"PD107", "sync-removes", PL_LEVEL_ERROR,
                       "a sync removes what it does not name, torch too"},
    [PL_PD108_INDEX] = {"PD108", "other-index", PL_LEVEL_WARNING,
                        "another index is asked for a protected package"},
    [PL_PD109_CONDA] = {"PD109", "conda-torch", PL_LEVEL_ERROR,
                        "conda installs a second torch or CUDA"},
    [PL_PD201_NOT_INSTALLED] = {"PD201", "lock-not-installed", PL_LEVEL_WARNING,
                                "nothing installs the lock"},
    [PL_PD202_UNLOCKED] = {"PD202", "unlocked-install", PL_LEVEL_WARNING,
                           "a package is installed that the lock does not "
                           "have"},
    [PL_PD203_CONTRADICTS] = {"PD203", "contradicts-lock", PL_LEVEL_ERROR,
                              "a command installs another version than the "
                              "lock's"},
    [PL_PD204_WITH_DEPS] = {"PD204", "lock-with-dependencies", PL_LEVEL_ERROR,
                            "the lock is installed without --no-deps"},
    [PL_PD205_NOT_COPIED] = {"PD205", "lock-not-copied", PL_LEVEL_WARNING,
                             "the lock is installed and never copied"},
    [PL_PD301_OTHER_TEMPLATE] = {"PD301", "other-template", PL_LEVEL_ERROR,
                                 "FROM names another image than the lock is "
                                 "for"},
    [PL_PD302_UNKNOWN_IMAGE] = {"PD302", "unknown-image", PL_LEVEL_NOTE,
                                "no template is known for the image of FROM"},
    [PL_PD303_BY_TAG] = {"PD303", "image-by-tag", PL_LEVEL_NOTE,
                         "the image is known by what its tag says alone"},
    [PL_PD304_UNPINNED] = {"PD304", "unpinned-image", PL_LEVEL_NOTE,
                           "FROM has no tag, or one that moves"},
    [PL_PD305_OTHER_PYTHON] = {"PD305", "other-python", PL_LEVEL_ERROR,
                               "a command installs for another Python than the "
                               "image's"},
    [PL_PD306_OWN_ENVIRONMENT] = {"PD306", "own-environment", PL_LEVEL_WARNING,
                                  "an environment of its own does not see the "
                                  "image's torch"},
    [PL_PD307_NO_ENVIRONMENT] = {"PD307", "uv-without-system", PL_LEVEL_ERROR,
                                 "uv finds no environment to install into"},
    [PL_PD308_MANAGED] = {"PD308", "externally-managed", PL_LEVEL_ERROR,
                          "the image's Python refuses to be installed into"},
    [PL_PD401_VARIABLE] = {"PD401", "pip-variable", PL_LEVEL_WARNING,
                           "ENV changes what every later pip installs"},
    [PL_PD402_CONSTRAINT] = {"PD402", "constraint-dropped", PL_LEVEL_WARNING,
                             "ENV drops the image's own constraints"},
    [PL_PD403_CACHE] = {"PD403", "cache-kept", PL_LEVEL_NOTE,
                        "the image keeps pip's cache of the lock's wheels"},
    [PL_PD501_NOT_UNDERSTOOD] = {"PD501", "not-understood", PL_LEVEL_NOTE,
                                 "a RUN was not understood to its end"},
};
