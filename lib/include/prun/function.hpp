// Makes C++ functions callable by prun: include this in a source, name its functions, compile it to a shared library.
//
//   #include <prun/function.hpp>
//
//   long collatz(long n) { long steps = 0; for (; n > 1; ++steps) n = n % 2 ? 3 * n + 1 : n / 2; return steps; }
//   PRUN_FUNCTION(collatz, collatz, "steps until n is 1", "n");
//
//   $ g++ -std=c++20 -O2 -shared -fPIC mine.cpp -o mine.so
//   $ prun map ./mine.so:collatz 1..1000
//
// It includes nothing but the standard library and links nothing; `prun new plugin NAME` writes a project to start from.
//
// Types are the signature. Parameters and results may be bool, integers, floating types, std::string, std::string_view (as
// a parameter valid during the call), std::vector, std::array, std::pair, std::tuple, std::map and std::unordered_map with
// std::string keys, and std::optional (null, and as a parameter one that may be left out), in each other as you like;
// results also const char* and void (null). An argument that a type cannot hold, such as 300 for std::uint8_t, fails that
// task. For a type of your own specialize prun::plugin::Codec (prun/detail/plugin_codec.hpp).
//
// Exceptions are the task's failure, with type and message; prun::ArgumentError says that the arguments were at fault. A
// function whose first parameter is `const prun::TaskContext&` is told of the task it runs in: index, attempt, slot, seed().
//
// Functions run in worker processes, one call at a time in each, and under --threads in several threads at once. State that
// is costly to make belongs to the worker: a function-local `static`, made at the first call that needs it and kept for the
// next, or `thread_local` where threads must not share it. Do not make it in a global variable: those are made in prun's own
// process, before it forks.
#pragma once

#include <prun/detail/plugin_registration.hpp>

#include <type_traits>
#include <utility>

namespace prun {

/// In place of a parameter's name: it may be left out, and then has this value. It must convert to the parameter's type.
template <class V>
[[nodiscard]] plugin::Default<std::decay_t<V>> with_default(const char* name, V&& value) {
  return {name, std::forward<V>(value)};
}

}  // namespace prun

/// PRUN_FUNCTION(name, callable, "one line of help", names of the parameters...);
///
/// `name` is what prun calls it, a C++ identifier. `callable` is a function, a lambda, or an object with one operator() that
/// is const. A name is a string or with_default("name", value); without names, arguments can be given by place alone.
///
///   PRUN_FUNCTION(half, [](double x) { return x / 2; }, "half of x", "x");
///   PRUN_FUNCTION(power, power, "base to the exponent", "base", prun::with_default("exponent", 2));
#define PRUN_FUNCTION(name, ...) \
  [[maybe_unused]] static const bool prun_function_##name = ::prun::plugin::add_function(#name, __VA_ARGS__)

/// PRUN_INITIALIZER(callable): runs once in each worker process, before the first call there of any of this library's
/// functions; with --threads once in all. Takes nothing; a lambda captures nothing. Where it throws, each call in that
/// worker fails with its message. Several of them run in the order of their lines.
#define PRUN_INITIALIZER(...)                                                           \
  [[maybe_unused]] static const bool PRUN_DETAIL_JOIN(prun_initializer_, __COUNTER__) = \
      ::prun::plugin::add_initializer([] { static_cast<void>((__VA_ARGS__)()); })
#define PRUN_DETAIL_JOIN(a, b) PRUN_DETAIL_JOIN_NOW(a, b)
#define PRUN_DETAIL_JOIN_NOW(a, b) a##b

/// What prun looks for in a shared library.
extern "C" __attribute__((visibility("default"), used)) inline const prun_plugin* prun_get_plugin() {
  return ::prun::plugin::Registration::instance().describe();
}
