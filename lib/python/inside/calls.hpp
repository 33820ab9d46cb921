// Calls Python functions by name. It does not know rings and sockets.
#pragma once

#include "python/inside/helpers.hpp"
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
  explicit Calls(const Helpers& helpers) noexcept;

  /// From now on a MemoryError fails the call as out of memory.
  void memory_is_limited() noexcept { memory_limited_ = true; }

  /// Appends the result; for a coroutine, its result. @throws SerializationError, TaskError, wire::DecodeError
  void call(std::string_view name, std::string_view args, std::string_view kwargs, std::string& result);

 private:
  [[nodiscard]] Object* find(std::string_view name);
  void append_result(std::string& result, Object* returned);
  [[nodiscard]] Failure failure();
  /// Exits if this process is a child that the call has forked. Takes the current exception, if there is one.
  void end_forked_child();

  Helpers helpers_;
  const std::atomic<std::uint32_t>* own_process_;  ///< 0 in a child that a call has forked
  bool memory_limited_ = false;
  std::map<std::string, Ref, std::less<>> found_;
  Object* last_ = nullptr;
  std::string last_name_;
};

}  // namespace prun::python
