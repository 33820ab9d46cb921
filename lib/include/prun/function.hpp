// Makes C++ functions callable by prun. Include this header, register functions by name, compile to a shared library.
//
//   #include <prun/function.hpp>
//
//   long collatz(long n) { long steps = 0; for (; n > 1; ++steps) n = n % 2 ? 3 * n + 1 : n / 2; return steps; }
//   PRUN_FUNCTION(collatz, collatz, "steps until n is 1", "n");
//
//   $ g++ -std=c++20 -O2 -shared -fPIC mine.cpp -o mine.so
//   $ prun map ./mine.so:collatz 1..1000
//
// This header needs only the standard library, and no linking. `prun new plugin NAME` creates a project.
//
// prun derives the signature from the types. Parameters and results may be bool, integers, floating types, std::string,
// std::string_view (a parameter is valid during the call), std::vector, std::array, std::pair, std::tuple, std::map and
// std::unordered_map with std::string keys, and std::optional (null; a parameter may be absent), nested in any way. Results
// may also be const char* and void (null). An argument that does not fit its type, such as 300 for std::uint8_t, fails the
// task. For other types specialize prun::plugin::Codec (prun/detail/plugin_codec.hpp).
//
// An exception fails the task with its type and message. Throw prun::ArgumentError for wrong arguments. A function whose
// first parameter is `const prun::TaskContext&` receives the context of its task: index, attempt, slot, seed().
//
// Functions run in worker processes, one call at a time in each. With --threads they run in several threads at a time. Keep
// state that is costly to create in a function-local `static`, which is created at the first call and kept for later calls,
// or in a `thread_local` if threads must not share it. Do not use a global variable: it would be created in prun's own
// process, before the fork.
#pragma once

#include <prun/detail/plugin_registration.hpp>

#include <type_traits>
#include <utility>

namespace prun {

/// Use instead of a parameter's name: an absent argument has this value. It must convert to the parameter's type.
template <class V>
[[nodiscard]] plugin::Default<std::decay_t<V>> with_default(const char* name, V&& value) {
  return {name, std::forward<V>(value)};
}

}  // namespace prun

/// PRUN_FUNCTION(name, callable, "one line of help", names of the parameters...);
///
/// `name` is the name in prun, a C++ identifier. `callable` is a function, a lambda, or an object with one const operator().
/// A parameter name is a string or with_default("name", value). Without names, arguments can only be positional.
///
///   PRUN_FUNCTION(half, [](double x) { return x / 2; }, "half of x", "x");
///   PRUN_FUNCTION(power, power, "base to the exponent", "base", prun::with_default("exponent", 2));
#define PRUN_FUNCTION(name, ...) \
  [[maybe_unused]] static const bool prun_function_##name = ::prun::plugin::add_function(#name, __VA_ARGS__)

/// PRUN_INITIALIZER(callable): prun calls it once in each worker process, before the first call of any function of this
/// library; with --threads once in total. It takes no arguments, and a lambda must not capture. If it throws, each call in
/// that worker fails with its message. Several initializers run in the order of their lines.
#define PRUN_INITIALIZER(...)                                                           \
  [[maybe_unused]] static const bool PRUN_DETAIL_JOIN(prun_initializer_, __COUNTER__) = \
      ::prun::plugin::add_initializer([] { static_cast<void>((__VA_ARGS__)()); })
#define PRUN_DETAIL_JOIN(a, b) PRUN_DETAIL_JOIN_NOW(a, b)
#define PRUN_DETAIL_JOIN_NOW(a, b) a##b

/// The symbol that prun looks for in a shared library.
extern "C" __attribute__((visibility("default"), used)) inline const prun_plugin* prun_get_plugin() {
  return ::prun::plugin::Registration::instance().describe();
}
