// How worker processes start: as a fork of the program, or by executing the program again.
#pragma once

#include <cstdint>

namespace prun {

/// `fork`, the default, is right for most programs. It takes about a millisecond. Workers see the memory of the program as
/// it was when the pool was made, and captures may point into it.
///
/// Use `spawn` if other threads are busy when the pool is made (OpenMP, a GUI, a server, a logging thread). A fork copies
/// the locks that these threads hold, and no thread of the copy releases them. The worker then hangs in localtime_r, setenv,
/// std::locale, the OpenMP runtime, or a mutex of the program. A spawned worker starts with no lock held.
///
/// `spawn` executes the program again (/proc/self/exe). The new process runs the constructors of static variables. Then,
/// instead of main(), it forks the workers and their later replacements. Consequences:
/// - The start of the program is paid once, when the pool is made. Replacing a worker costs as much as with `fork`.
/// - Workers have what static constructors make, and nothing that main() or a thread has made or changed: parsed options,
///   setlocale(), changed singletons, memory that a captured pointer refers to, open close-on-exec descriptors. Create such
///   state in an initializer, or pass it as an argument.
/// - prun finds a function by its offset in its file, wherever the file is mapped. A worker loads a library that the
///   program loaded by dlopen() when a function of that library is called. If the file has changed or does not exist, the
///   call fails with ArgumentError.
/// - Captures, arguments and results may contain addresses of functions and static variables. prun converts them to the
///   addresses in the worker. It finds them in the value itself and in tuples, variants, optionals and containers, but not in
///   the output of a `serialize` function.
/// - The initializer must be a function, or a lambda with small, trivially copyable captures.
/// - A static variable that is a pool creates no pool in a worker: a function that uses it throws MisuseError.
///
/// `spawn` throws std::runtime_error if it cannot work: /proc is not mounted, the program was started through the dynamic
/// loader (ld.so PROGRAM), or it is set-user-ID.
enum class Start : std::uint8_t { fork, spawn };

}  // namespace prun
