// See json_output.hpp.
#include "output/json_output.hpp"

#include "event/describe.hpp"
#include "event/signal_name.hpp"
#include "output/number_text.hpp"
#include "output/value_text.hpp"
#include "wire/digits.hpp"
#include "wire/json.hpp"

namespace prun {

namespace {

void append_error(std::string& line, const Failure& failure) {
  line += R"({"kind":")";
  line += name_of(failure.kind);
  line += R"(","type":)";
  wire::append_json_string(line, failure.type);
  line += R"(,"message":)";
  wire::append_json_string(line, message_of(failure));
  if (!failure.where.empty()) {
    line += R"(,"where":)";
    wire::append_json_string(line, failure.where);
  }
  if (!failure.traceback.empty()) {
    line += R"(,"traceback":)";
    wire::append_json_string(line, failure.traceback);
  }
  if (failure.signal != 0) {
    line += R"(,"signal":)";
    append_integer(line, failure.signal);
    line += R"(,"signal_name":)";
    wire::append_json_string(line, signal_name(failure.signal));
  }
  if (failure.kind == FailureKind::lost_exit || failure.kind == FailureKind::exit) {
    line += R"(,"exit_status":)";
    append_integer(line, failure.exit_status);
  }
  if (failure.pid != 0) {
    line += R"(,"pid":)";
    append_integer(line, failure.pid);
  }
  line += '}';
}

void append_usage(std::string& line, const Usage& usage) {
  line += R"(,"usage":{"user":)";
  append_seconds(line, usage.user);
  line += R"(,"system":)";
  append_seconds(line, usage.system);
  line += R"(,"max_rss":)";
  append_integer(line, usage.max_rss);
  line += R"(,"minor_faults":)";
  append_integer(line, usage.minor_faults);
  line += R"(,"major_faults":)";
  append_integer(line, usage.major_faults);
  line += '}';
}

void append_args_of(std::string& line, const TaskEvent& event) {
  if (event.args.empty()) {
    line += "[]";
  } else if (const auto integer = wire::integer_in(only_argument(event.args, event.kwargs))) {
    line += '[';
    append_integer(line, *integer);
    line += ']';
  } else {
    wire::append_json(line, event.args);
  }
}

}  // namespace

JsonOutput::JsonOutput(Frame frame, OutputBuffer& out) : frame_(frame), out_(out) {}

void JsonOutput::on_task(const TaskEvent& event) {
  if (out_.closed()) return;
  std::string& line = out_.record();
  if (frame_ == Frame::array) line += first_ ? "[\n" : ",\n";
  first_ = false;
  append_object(line, event);
  if (frame_ == Frame::lines) line += '\n';
  out_.commit();
}

void JsonOutput::on_end() {
  if (frame_ == Frame::array) out_.write(first_ ? "[]\n" : "\n]\n");
}

void JsonOutput::append_what(std::string& line, const TaskEvent& event) {
  line += R"({"v":1,"index":)";
  append_integer(line, event.index);
  if (!event.id.empty()) {
    line += R"(,"id":)";
    wire::append_json(line, event.id);
  }
  if (event.function != function_ || function_text_.empty()) {
    function_ = event.function;
    function_text_ = R"(,"function":)";
    wire::append_json_string(function_text_, function_);
    function_text_ += R"(,"args":)";
  }
  line += function_text_;
  append_args_of(line, event);
  if (has_kwargs(event.kwargs)) {
    line += R"(,"kwargs":)";
    wire::append_json(line, event.kwargs);
  }
}

void JsonOutput::append_who(std::string& line, const TaskEvent& event) {
  if (event.worker != worker_ || event.attempt != attempt_) {
    worker_ = event.worker;
    attempt_ = event.attempt;
    worker_text_ = R"(,"worker":)";
    if (worker_ != 0) {
      append_integer(worker_text_, worker_);
    } else {
      worker_text_ += "null";
    }
    worker_text_ += R"(,"attempt":)";
    append_integer(worker_text_, attempt_);
    worker_text_ += '}';
  }
  line += worker_text_;
}

void JsonOutput::append_object(std::string& line, const TaskEvent& event) {
  append_what(line, event);
  if (event.failure != nullptr) {
    line += R"(,"error":)";
    append_error(line, *event.failure);
    if (!event.failure->detail.empty()) {
      line += R"(,"result":)";
      wire::append_json(line, event.failure->detail);
    }
  } else {
    line += R"(,"result":)";
    wire::append_json(line, event.value);
  }
  const bool timed = event.started != decltype(event.started){};
  if (timed) {
    line += R"(,"started":")";
    time_.append(line, event.started);
    line += '"';
  } else {
    line += R"(,"started":null)";
  }
  line += R"(,"duration":)";
  if (timed || event.duration.count() != 0) {
    append_seconds(line, event.duration);
  } else {
    line += "null";
  }
  if (event.usage) append_usage(line, *event.usage);
  if (!event.host.empty()) {
    line += R"(,"host":)";
    wire::append_json_string(line, event.host);
  }
  append_who(line, event);
}

}  // namespace prun
