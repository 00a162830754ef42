#pragma once
#include <seccomp.h>
#include <sys/prctl.h>
