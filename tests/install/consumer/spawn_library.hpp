// A user's shared library: functions with static state of their own, and a pool that the library makes for itself.
#pragma once

#include <string>

long library_number(const std::string& word);

/// 0: a pool that the library spawns has called its functions; otherwise what went wrong is printed.
extern "C" int run_pool_of_library();
