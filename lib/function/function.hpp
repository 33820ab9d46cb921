// A function that prun can call by name: what it takes, and the call itself, over encoded values. Above this interface
// nothing knows what kind of function it is.
#pragma once

#include "task/task.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun {

enum class ParameterType : std::uint8_t { any, boolean, integer, number, string, array, object };

[[nodiscard]] const char* name_of(ParameterType type) noexcept;  ///< "integer", ...

struct Parameter {
  std::string name;
  ParameterType type = ParameterType::any;
  std::optional<std::string> default_value;  ///< a value (wire/value.hpp); absent: the argument must be given
};

struct Signature {
  std::vector<Parameter> parameters;
  std::string result;  ///< for people: "integer", "[integer, integer]"
};

/// `fib(n: integer) -> integer`; a default is shown as `seed: integer = 0`.
[[nodiscard]] std::string to_string(std::string_view name, const Signature& signature);

/// What a call may know of the task it runs in.
struct CallContext {
  std::uint64_t index = 0;    ///< the task's place in the input
  std::uint32_t attempt = 1;  ///< from 1
  std::uint64_t seed = 0;     ///< depends on (run seed, index) alone
};

class Function {
 public:
  Function() = default;
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;
  virtual ~Function() = default;

  [[nodiscard]] virtual std::string_view name() const noexcept = 0;
  [[nodiscard]] virtual const Signature& signature() const noexcept = 0;
  [[nodiscard]] virtual std::string_view help() const noexcept = 0;

  /// Makes the call. Called in a worker, by several threads at once where the pool is one of threads.
  /// @param args a value: an array as long as the signature's parameters, as `bind` made it
  /// @param result the value that the function returns is appended to it
  /// @throws anything; that is the task's failure
  virtual void call(std::string_view args, const CallContext& context, std::string& result) const = 0;
};

/// Fits a task's arguments to its function's signature: moves keyword arguments to their places, fills in defaults,
/// checks count and types. Afterwards `args` has one element a parameter and `kwargs` is empty. An integer serves as a
/// number.
/// @return what is wrong, for a person: "ackermann(m: integer, n: integer) takes 2 arguments, got 3"
[[nodiscard]] tl::expected<void, std::string> bind(Task& task);

}  // namespace prun
