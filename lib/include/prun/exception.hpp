// Registers exception types of the user, so that a worker's exception is rethrown with its own type.
//
//   struct ParseError : std::runtime_error {
//     using std::runtime_error::runtime_error;
//     int line = 0;
//     template <class Archive> void serialize(Archive& archive) { archive(line); }   // where it has more than a message
//   };
//   PRUN_EXCEPTION(ParseError);          // in a source file, outside of any function
//
//   try { pool.apply(parse, text); } catch (const ParseError& e) { ... }
//
// An exception of an unregistered type is rethrown as the standard type that it derives from: see TaskError.
#pragma once

#include <prun/detail/codec.hpp>
#include <prun/error.hpp>

#include <concepts>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

namespace prun {
namespace detail {

/// A registered type.
struct ExceptionType {
  const std::type_info* type;
  /// Appends the state of an exception that is an E. Returns false for other exceptions.
  bool (*write)(const std::exception_ptr& error, std::string& state);
  /// Throws the exception again. `cause` is its nested exception, or null.
  void (*raise)(const Failure& failure, std::string_view state, const Failure* cause);
};
void add_exception_type(const ExceptionType& type);
/// Throws the failure as the registered type `name`. Returns if no such type is registered.
void raise_registered(const std::string& name, const Failure& failure, std::string_view state, const Failure* cause);

/// An E that also has TaskFailure as a base.
template <class E>
class Returned : public E, public TaskFailure {
 public:
  Returned(E error, const Failure& failure) : E(std::move(error)), TaskFailure(failure) {}
};
template <std::derived_from<std::exception> E>
class Returned<E> : public E, public TaskFailure {
 public:
  Returned(E error, const Failure& failure) : E(std::move(error)), TaskFailure(failure) {}
  [[nodiscard]] const char* what() const noexcept override { return failure().message.c_str(); }
};

template <class E>
[[noreturn]] void throw_nested_on(const Failure* cause, E error) {
  if (cause == nullptr) throw error;
  try {
    throw_failure(*cause);
  } catch (...) {
    std::throw_with_nested(std::move(error));
  }
}

template <class E>
inline constexpr bool has_state = Plain<E> || (std::is_default_constructible_v<E> && is_archivable<E>);

template <class E>
E make_exception(const Failure& failure, std::string_view state) {
  if constexpr (!has_state<E>) {
    return E(failure.message);
  } else if constexpr (std::constructible_from<E, const std::string&> && !Plain<E>) {
    E error(failure.message);
    Reader reader(state);
    reader(error);
    return error;
  } else {
    return decode<E>(state);
  }
}

}  // namespace detail

/// Registers E. Call it before the pool is made; repeated calls are allowed. E needs a `serialize` function and a default
/// constructor, or a constructor that takes the message (a std::string), or both.
template <class E>
void register_exception() {
  static_assert(std::is_same_v<E, std::decay_t<E>>, "prun: register the exception's own type, not a reference to it");
  static_assert(detail::has_state<E> || std::constructible_from<E, const std::string&>,
                "prun: to come back from a worker, an exception type needs a constructor that takes its message, a "
                "std::string, or a `serialize` function and a default constructor");
  detail::add_exception_type({&typeid(E),
                              [](const std::exception_ptr& error, [[maybe_unused]] std::string& state) {
                                try {
                                  std::rethrow_exception(error);
                                } catch (const E& e) {
                                  if constexpr (detail::has_state<E>) detail::encode(state, e);
                                  return true;
                                } catch (...) {
                                  return false;
                                }
                              },
                              [](const Failure& failure, std::string_view state, const Failure* cause) {
                                E error = detail::make_exception<E>(failure, state);
                                if constexpr (std::is_class_v<E> && !std::is_final_v<E>) {
                                  detail::throw_nested_on(cause, detail::Returned<E>(std::move(error), failure));
                                } else {
                                  throw E(std::move(error));
                                }
                              }});
}

/// At namespace scope: registers the type when the program starts.
#define PRUN_EXCEPTION(...)                                                                     \
  [[maybe_unused]] static const bool PRUN_DETAIL_EXCEPTION(prun_exception_, __COUNTER__) = [] { \
    ::prun::register_exception<__VA_ARGS__>();                                                  \
    return true;                                                                                \
  }()
#define PRUN_DETAIL_EXCEPTION(a, b) PRUN_DETAIL_EXCEPTION_NOW(a, b)
#define PRUN_DETAIL_EXCEPTION_NOW(a, b) a##b

}  // namespace prun
