// A function that prun can call by name: its signature and the call itself, on encoded values. Code above this interface
// does not know what kind of function it is.
#pragma once

#include "task/task.hpp"

#include <prun/detail/call_frame.hpp>

#include <tl/expected.hpp>

#include <cstddef>
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
  std::optional<std::string> default_value;  ///< a value (wire/value.hpp); absent: the argument is required
  bool optional = false;                     ///< open signature: may be absent, because the callee has a default
  bool keyword_only = false;                 ///< open signature: cannot be positional; comes after those that can
};

/// A closed signature is that of a C++ function: `bind` sorts the arguments by parameter. An open signature is that of a
/// dynamic language: positional and keyword arguments are passed on as given.
struct Signature {
  std::vector<Parameter> parameters;
  std::string result;           ///< for documentation: "integer", "[integer, integer]"
  bool open = false;            ///< then:
  bool more_arguments = false;  ///<   positional arguments beyond the parameters (Python's *args)
  ParameterType more_arguments_type = ParameterType::any;  ///<   the type of each of them
  bool more_keywords = false;                              ///<   keyword arguments of any name (Python's **kwargs)
};

/// The type of the positional argument at `place`, counted from 0.
[[nodiscard]] ParameterType type_at(const Signature& signature, std::size_t place) noexcept;

/// `fib(n: integer) -> integer`; a default appears as `seed: integer = 0`.
[[nodiscard]] std::string to_string(std::string_view name, const Signature& signature);

/// The task of a call.
struct CallContext {
  std::uint64_t index = 0;     ///< position of the task in the input
  std::uint32_t attempt = 1;   ///< from 1
  std::uint64_t seed = 0;      ///< depends only on run seed and index
  std::uint32_t slot = 0;      ///< number of the worker, from 0; different for calls at the same time
  std::string_view kwargs{};   ///< open signature: a map; empty: no keyword arguments
  std::uint64_t run_seed = 0;  ///< the seed of the run; `seed` is derived from it and the index
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

  /// The function runs a program, and its results have the form of command/command_result.hpp.
  [[nodiscard]] virtual bool is_command() const noexcept { return false; }
  /// A call stops itself, with an outcome, at its time limit and when the run ends. Its worker need not be killed.
  [[nodiscard]] virtual bool is_stoppable() const noexcept { return is_command(); }
  /// How messages show a call; empty: as `name(args)`.
  [[nodiscard]] virtual std::string call_text(std::string_view args, std::string_view kwargs) const {
    return (void)args, (void)kwargs, std::string();
  }

  /// Null: calls refer to this object by its address. Otherwise whole chunks of calls go to this entry point, which finds
  /// the function's name before the items. The process that makes the calls need not have this object.
  [[nodiscard]] virtual detail::Entry chunk_entry() const noexcept { return nullptr; }

  /// It was loaded after the workers started. Workers therefore look it up by its name (registry.hpp).
  [[nodiscard]] bool late() const noexcept { return late_; }

  /// Makes the call. Called in a worker; in a pool of threads, by several threads at the same time.
  /// @param args an array with one value per parameter, as `bind` made it; for an open signature, any array
  /// @param result the function appends its result as a value
  /// @throws anything, which fails the task
  virtual void call(std::string_view args, const CallContext& context, std::string& result) const = 0;

 private:
  friend class Registry;
  bool late_ = false;
};

/// Fits a task's arguments to its function's signature: moves keyword arguments to their positions, adds defaults, checks
/// number and types. Afterwards `args` has one element per parameter and `kwargs` is empty. A parameter of type number
/// accepts an integer. For an open signature it checks only names and number, and moves nothing. @return what is wrong, for
/// the user: "ackermann(m: integer, n: integer) takes 2 arguments, got 3"
[[nodiscard]] tl::expected<void, std::string> bind(Task& task);

}  // namespace prun
