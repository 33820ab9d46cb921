// Calls of Python functions by name. Knows neither rings nor sockets.
#pragma once

#include "python/inside/interpreter.hpp"
#include "wire/value.hpp"

#include <prun/outcome.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace prun::python {

class Calls {
 public:
  /// @param resolve called with a name, `article.py:fib`, returns what to call
  /// @param describe called with an exception, returns (type, message, where, traceback); ends the process where it asks for that
  /// @param end_child called with an exception or None in a child that a function has forked and that comes back; ends it
  Calls(Object* resolve, Object* describe, Object* end_child) noexcept;

  /// Fails by this name where Python has no memory.
  void memory_is_limited() noexcept { memory_limited_ = true; }

  /// Appends the result. @throws SerializationError, TaskError, wire::DecodeError
  void call(std::string_view name, std::string_view args, std::string_view kwargs, std::string& result);

 private:
  [[nodiscard]] Object* find(std::string_view name);
  [[nodiscard]] Failure failure();
  /// Ends this process where it is a child that the call has forked. Takes the exception that is set, if there is one.
  void end_forked_child();

  Object* resolve_;
  Object* describe_;
  Object* end_child_;
  const std::atomic<std::uint32_t>* own_process_;  ///< 0 in a child that a call has forked
  bool memory_limited_ = false;
  std::map<std::string, Ref, std::less<>> found_;
  Object* last_ = nullptr;
  std::string last_name_;
};

}  // namespace prun::python
