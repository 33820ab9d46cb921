// Commands as functions, so that every mode, option and output works for them.
#pragma once

#include "command/command_run.hpp"
#include "command/command_template.hpp"
#include "function/function.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prun::command {

/// The common part of these functions. A subclass makes a command line from a call.
class CommandFunction : public Function {
 public:
  [[nodiscard]] std::string_view name() const noexcept override { return name_; }
  [[nodiscard]] const Signature& signature() const noexcept override { return signature_; }
  [[nodiscard]] std::string_view help() const noexcept override { return help_; }
  [[nodiscard]] bool is_command() const noexcept override { return true; }
  [[nodiscard]] std::string call_text(std::string_view args, std::string_view kwargs) const override;
  void call(std::string_view args, const CallContext& context, std::string& result) const override;
  /// How many bytes a call gives its program as standard input. 0 for a call that is wrong.
  [[nodiscard]] virtual std::uint64_t input_size(std::string_view args, std::string_view kwargs) const;

 protected:
  CommandFunction(std::string name, std::string help, Signature signature, const CommandSurroundings& surroundings)
      : name_(std::move(name)),
        help_(std::move(help)),
        signature_(std::move(signature)),
        surroundings_(&surroundings) {}

  /// The result contains views of `args` and `context`. @throws ArgumentError
  [[nodiscard]] virtual CommandLine line_of(std::string_view args, const CallContext& context) const = 0;

 private:
  std::string name_;
  std::string help_;
  Signature signature_;
  const CommandSurroundings* surroundings_;
};

/// The command of prun's command line, called with its inputs. Its name is the text that the user wrote. A keyword argument
/// `stdin` is its standard input.
class TemplateCommand final : public CommandFunction {
 public:
  TemplateCommand(std::string name, CommandTemplate parsed, const CommandSurroundings& surroundings, bool dry_run);
  [[nodiscard]] std::string call_text(std::string_view args, std::string_view kwargs) const override;
  void call(std::string_view args, const CallContext& context, std::string& result) const override;
  [[nodiscard]] std::uint64_t input_size(std::string_view args, std::string_view kwargs) const override;

  /// To be called before the workers start, as is all that follows.
  void set_template(CommandTemplate parsed) { template_ = std::move(parsed); }
  /// The folder in which each command runs, a template of one word.
  void set_directory(CommandTemplate directory) { directory_ = std::move(directory); }
  /// The number of all tasks, for a template with a `total_placeholder`.
  void set_total(std::uint64_t tasks) noexcept { total_ = tasks; }
  void set_slots(std::uint32_t workers) noexcept { slots_ = workers; }

 private:
  [[nodiscard]] CommandLine line_of(std::string_view args, const CallContext& context) const override;

  CommandTemplate template_;
  std::optional<CommandTemplate> directory_;
  bool dry_run_;
  std::uint64_t total_ = 0;
  std::uint32_t slots_ = 1;
};

/// The functions `command(cmd, stdin, cwd, env)`, run directly, and `shell(script, stdin, cwd, env)`, for task files.
[[nodiscard]] std::vector<std::unique_ptr<Function>> given_commands(const CommandSurroundings& surroundings);

/// The text of an input: a string unchanged, a number as in JSON. @throws ArgumentError for other values
[[nodiscard]] std::string input_text(std::string_view value);

/// The texts of the inputs of a call. @throws ArgumentError for values that no command takes
[[nodiscard]] std::vector<std::string> input_texts(std::string_view args);

}  // namespace prun::command
