// How the processes of a pool begin: as a copy of the program as it is now, or as the program started anew.
#pragma once

#include <cstdint>

namespace prun {

/// `fork`, the default, is right for most programs: it takes a millisecond, workers see the program's memory as it was when the
/// pool was made, and a capture may point to it.
///
/// Use `spawn` where other threads are busy when the pool is made (OpenMP, a GUI, a server, a logging thread). A fork copies the
/// locks that they hold, and nobody in the copy will ever release them: then a worker hangs in localtime_r, setenv, std::locale,
/// the OpenMP runtime, or in a mutex of the program's own. A spawned worker begins with no lock held.
///
/// With `spawn` the program is executed once more (/proc/self/exe), runs the constructors of its static variables, and then,
/// instead of main(), forks the workers and later their replacements. So:
/// - It costs the program's own start once, when the pool is made. A replacement of a worker costs no more than with `fork`.
/// - Workers have what static constructors make. They have nothing that main() or a thread has made or changed: options that
///   were parsed, setlocale(), singletons with other contents, memory that a captured pointer names, open descriptors that are
///   closed on exec. Make such state in an initializer, or pass it as an argument.
/// - Functions are found by their place in their file, wherever it is mapped. A shared library that was loaded by dlopen() is
///   loaded in the worker when a function of it is called. Where its file has changed or is gone, the call fails with
///   ArgumentError.
/// - Captures and arguments may hold addresses of functions and of static variables, which are turned into those of the
///   worker; so may results. They are found in the value itself and in tuples, optionals and containers, not in what a
///   `serialize` function writes.
/// - The initializer is a function, or a lambda with small, trivially copyable captures.
/// - A static variable that is a pool makes no pool there: a function that uses it gets MisuseError.
///
/// `spawn` throws std::runtime_error where it cannot work: /proc is not mounted, the program was started by naming the dynamic
/// loader (ld.so PROGRAM), or it runs with the rights of its file's owner (set-user-ID).
enum class Start : std::uint8_t { fork, spawn };

}  // namespace prun
