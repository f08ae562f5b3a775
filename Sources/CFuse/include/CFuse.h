#ifndef KEEPER_CFUSE_H
#define KEEPER_CFUSE_H

// libfuse 3.14, the version of Debian 12. The only place that says so.
#define FUSE_USE_VERSION 314
#include <fuse3/fuse_lowlevel.h>

#endif
