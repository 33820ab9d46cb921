#include "serving/served_function.hpp"

#include "command/start_error.hpp"
#include "function/excerpt.hpp"
#include "function/worker_end.hpp"
#include "serving/hello.hpp"
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <prun/error.hpp>

#include <fmt/format.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

namespace prun::serving {
namespace {

using wire::Kind;
using wire::ValueReader;

constexpr std::chrono::seconds hello_patience{60};  // for prun itself; in a worker --timeout is the limit
constexpr std::size_t excerpt_bytes = 80;

std::string beginning_of(std::string_view line) {
  std::string text;
  wire::append_json_string(text, line.substr(0, excerpt_bytes));
  return text + (line.size() > excerpt_bytes ? "..." : "");
}

/// A process and the number of its last request.
class Conversation {
 public:
  explicit Conversation(const ServedCommand& command, std::optional<std::chrono::milliseconds> patience = std::nullopt)
      : process_(command) {
    const auto hello = parse_hello(process_.exchange({}, patience));
    if (!hello) refuse(hello.error());
    offers_ = *hello;
  }

  [[nodiscard]] const std::vector<Offer>& offers() const noexcept { return offers_; }

  /// Appends the result. @throws TaskError; `in_step` says whether the process can be asked again
  void call(std::string_view function, std::string_view args, const CallContext& context, std::string& result,
            bool& in_step) {
    request_.clear();
    append_request(function, args, context);
    std::string_view line = process_.exchange(request_);
    parse(line);
    while (answers_earlier_request()) parse(line = process_.exchange({}));
    const Answer answer = read_answer(line);
    in_step = true;
    if (answer.error) throw_error(*answer.error);
    result += *answer.result;
  }

 private:
  struct Answer {
    std::optional<std::string_view> result;
    std::optional<std::string_view> error;
  };

  void append_request(std::string_view function, std::string_view args, const CallContext& context) {
    fmt::format_to(std::back_inserter(request_), "{{\"id\":{},\"function\":", ++id_);
    wire::append_json_string(request_, function);
    request_ += ",\"args\":";
    wire::append_json(request_, args);
    request_ += ",\"kwargs\":";
    context.kwargs.empty() ? void(request_ += "{}") : wire::append_json(request_, context.kwargs);
    fmt::format_to(std::back_inserter(request_), ",\"index\":{},\"attempt\":{},\"seed\":{}}}\n", context.index,
                   context.attempt, context.seed);
  }

  /// Leaves the value in `answer_`.
  void parse(std::string_view line) {
    answer_.clear();
    const auto parsed = wire::parse_json(line, answer_);
    if (!parsed) {
      refuse(fmt::format("answered with invalid JSON, {}: {}", parsed.error().message, beginning_of(line)));
    }
  }

  /// A second answer, for example from a child that the function has forked and that returns to the program's loop.
  [[nodiscard]] bool answers_earlier_request() const {
    ValueReader reader(answer_);
    if (reader.peek() != Kind::map) return false;
    for (std::uint32_t left = reader.map(); left > 0; --left) {
      const bool is_id = reader.string() == "id";
      ValueReader value(reader.skip());
      if (!is_id || value.peek() != Kind::integer) continue;
      const std::int64_t number = value.integer();
      return number > 0 && number < id_;
    }
    return false;
  }

  Answer read_answer(std::string_view line) const {
    ValueReader reader(answer_);
    if (reader.peek() != Kind::map)
      refuse(fmt::format("answered with a value that is not an object: {}", beginning_of(line)));
    Answer answer;
    bool ours = false;
    for (std::uint32_t left = reader.map(); left > 0; --left) {
      const std::string_view key = reader.string();
      const std::string_view value = reader.skip();
      if (ValueReader number(value); key == "id" && number.peek() == Kind::integer) ours = number.integer() == id_;
      if (key == "result") answer.result = value;
      if (key == "error") answer.error = value;
    }
    if (!ours) refuse(fmt::format("answered a request other than number {}: {}", id_, beginning_of(line)));
    if (answer.result.has_value() == answer.error.has_value()) {
      refuse(fmt::format("answered with neither a \"result\" nor an \"error\", or both: {}", beginning_of(line)));
    }
    return answer;
  }

  [[noreturn]] void throw_error(std::string_view error) const {
    Failure failure;
    failure.type = "Error";
    ValueReader reader(error);
    if (reader.peek() != Kind::map) refuse("answered with an \"error\" that is not an object");
    for (std::uint32_t left = reader.map(); left > 0; --left) {
      const std::string_view key = reader.string();
      ValueReader text(reader.skip());
      if (text.peek() != Kind::string) continue;
      if (key == "type") failure.type = text.string();
      if (key == "message") failure.message = text.string();
      if (key == "traceback") failure.traceback = text.string();
    }
    throw TaskError(failure);
  }

  [[noreturn]] void refuse(std::string_view what) const {
    throw TaskError(process_.failure(FailureKind::bad_result, "prun::SerializationError", what));
  }

  ServingProcess process_;
  std::vector<Offer> offers_;
  std::int64_t id_ = 0;
  std::string request_;
  std::string answer_;
};

/// Of this worker. For a thread they end with it; a process ends them before it exits.
std::map<const ServedCommand*, Conversation>& conversations() {
  thread_local std::map<const ServedCommand*, Conversation> all;
  return all;
}

Conversation& conversation_with(const ServedCommand& command) {
  auto& all = conversations();
  if (const auto known = all.find(&command); known != all.end()) return known->second;
  if (all.empty()) at_worker_end([] { conversations().clear(); });
  try {
    return all.try_emplace(&command, command).first->second;
  } catch (const std::system_error& error) {
    Failure failure = command::start_failure(error, "prun::CommandError");
    failure.message = command.words.front() + ' ' + failure.message;
    throw TaskError(failure);
  }
}

class ServedFunction final : public Function {
 public:
  ServedFunction(Offer offer, std::shared_ptr<const ServedCommand> command)
      : offer_(std::move(offer)), command_(std::move(command)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return offer_.name; }
  [[nodiscard]] const Signature& signature() const noexcept override { return offer_.signature; }
  [[nodiscard]] std::string_view help() const noexcept override { return offer_.help; }
  [[nodiscard]] bool is_stoppable() const noexcept override { return command_->stopping != nullptr; }

  void call(std::string_view args, const CallContext& context, std::string& result) const override {
    bool in_step = false;
    try {
      conversation_with(*command_).call(offer_.name, args, context, result, in_step);
    } catch (...) {
      if (!in_step) conversations().erase(command_.get());
      throw;
    }
  }

 private:
  Offer offer_;
  std::shared_ptr<const ServedCommand> command_;
};

}  // namespace

FunctionLoader::LoadedAll load_served(const ServedCommand& command) {
  std::vector<std::unique_ptr<Function>> functions;
  try {
    const auto shared = std::make_shared<const ServedCommand>(command);
    const ServedCommand asked{command.text, command.words};  // the limits apply to calls only
    const Conversation conversation(asked, hello_patience);
    for (const Offer& offer : conversation.offers()) {
      functions.push_back(std::make_unique<ServedFunction>(offer, shared));
    }
  } catch (const TaskError& error) {
    return tl::unexpected(error.failure().message);
  } catch (const std::system_error& error) {
    return tl::unexpected(fmt::format("cannot run {}: {}", command.words.front(), error.code().message()));
  }
  return functions;
}

}  // namespace prun::serving
