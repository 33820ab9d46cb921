// A function that prun can call by name: what it takes, and the call itself, over encoded values. Above this interface
// nothing knows what kind of function it is.
#pragma once

#include "task/task.hpp"

#include <prun/detail/call_frame.hpp>

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
  bool optional = false;                     ///< of an open signature: may be left out, for the callee has a default
  bool keyword_only = false;                 ///< of an open signature: not given by place; stands behind those that are
};

/// A closed signature is what a C++ function has: `bind` brings the arguments into the parameters' order and number. An
/// open one is a dynamic language's: arguments, by place and by keyword, are passed on as they were given.
struct Signature {
  std::vector<Parameter> parameters;
  std::string result;           ///< for people: "integer", "[integer, integer]"
  bool open = false;            ///< then:
  bool more_arguments = false;  ///<   by place, beyond the parameters (Python's *args)
  bool more_keywords = false;   ///<   by names that no parameter has (Python's **kwargs)
};

/// `fib(n: integer) -> integer`; a default is shown as `seed: integer = 0`.
[[nodiscard]] std::string to_string(std::string_view name, const Signature& signature);

/// What a call may know of the task it runs in.
struct CallContext {
  std::uint64_t index = 0;     ///< the task's place in the input
  std::uint32_t attempt = 1;   ///< from 1
  std::uint64_t seed = 0;      ///< depends on (run seed, index) alone
  std::uint32_t slot = 0;      ///< the worker's number, from 0: no two calls at a time have the same
  std::string_view kwargs{};   ///< of an open signature: a map; empty: no keyword arguments
  std::uint64_t run_seed = 0;  ///< what the seed is made of, with the index
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

  /// It runs a program, and its results are what command/command_result.hpp says.
  [[nodiscard]] virtual bool is_command() const noexcept { return false; }
  /// A call ends itself at its time limit, and when the run ends, with an outcome: it need not be killed with its worker.
  [[nodiscard]] virtual bool is_stoppable() const noexcept { return is_command(); }
  /// How a call is told to people; empty: as `name(args)`.
  [[nodiscard]] virtual std::string call_text(std::string_view args, std::string_view kwargs) const {
    return (void)args, (void)kwargs, std::string();
  }

  /// Null: calls travel with this object's address. Otherwise whole chunks of calls go to this entry point, which finds the
  /// function's name in front of the items: what makes the calls need not have this object.
  [[nodiscard]] virtual detail::Entry chunk_entry() const noexcept { return nullptr; }

  /// Loaded when workers were running already, which therefore look it up by its name (registry.hpp).
  [[nodiscard]] bool late() const noexcept { return late_; }

  /// Makes the call. Called in a worker, by several threads at once where the pool is one of threads.
  /// @param args a value: an array as long as the signature's parameters, as `bind` made it; of an open signature: any
  /// @param result the value that the function returns is appended to it
  /// @throws anything; that is the task's failure
  virtual void call(std::string_view args, const CallContext& context, std::string& result) const = 0;

 private:
  friend class Registry;
  bool late_ = false;
};

/// Fits a task's arguments to its function's signature: moves keyword arguments to their places, fills in defaults,
/// checks count and types. Afterwards `args` has one element a parameter and `kwargs` is empty. An integer serves as a
/// number. Of an open signature only names and number are checked, and nothing is moved.
/// @return what is wrong, for a person: "ackermann(m: integer, n: integer) takes 2 arguments, got 3"
[[nodiscard]] tl::expected<void, std::string> bind(Task& task);

}  // namespace prun
