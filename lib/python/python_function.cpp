#include "python/python_function.hpp"

#include "function/worker_end.hpp"
#include "python/chunk_items.hpp"
#include "python/python_process.hpp"
#include "worker/worker_process.hpp"

#include <prun/detail/call_frame.hpp>

#include <optional>
#include <utility>

namespace prun::python {
namespace {

// Workers must know it before they know a function, which may be loaded after they were started.
int requests = -1;
PythonOptions used;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

/// Of this worker: of a thread it ends with the thread, of a process before the process exits.
std::optional<PythonProcess>& own_process() {
  thread_local std::optional<PythonProcess> process;
  return process;
}

PythonProcess& own_python() {
  auto& process = own_process();
  if (process && !process->lost()) return *process;
  at_worker_end([] { own_process().reset(); });
  Place place;
  if (worker::in_worker_process()) {
    const auto& seat = worker::own_seat();
    place = {seat.region->memory().fd(), seat.region->header().event_fd, seat.worker, true, seat.control_group};
    seat.region->worker(seat.worker).has_partner.store(true, std::memory_order_release);
  }
  process.reset();
  return process.emplace(used_python(), requests, place);
}

class PythonFunction final : public Function {
 public:
  explicit PythonFunction(PythonFunctionText text) : text_(std::move(text)) {}

  [[nodiscard]] std::string_view name() const noexcept override { return text_.name; }
  [[nodiscard]] const Signature& signature() const noexcept override { return text_.signature; }
  [[nodiscard]] std::string_view help() const noexcept override { return text_.help; }
  [[nodiscard]] detail::Entry chunk_entry() const noexcept override;

  void call(std::string_view args, const CallContext& context, std::string& result) const override {
    own_python().call(text_.name, args, context.kwargs, result);
  }

 private:
  PythonFunctionText text_;
};

void call_one_by_one(detail::CallFrame& frame) {
  ChunkItems items(frame);
  std::string result;
  while (const auto item = items.next()) {
    if (!frame.begin(item->index)) continue;
    try {
      result.clear();
      own_python().call(items.name(), item->args, item->kwargs, result);
    } catch (...) {
      frame.failed(std::current_exception());
      continue;
    }
    frame.value(result.data(), result.size());
  }
}

/// The entry point of chunks of Python calls.
void run_python_chunk(detail::CallFrame& frame) {
  auto* loop = dynamic_cast<worker::WorkerLoop*>(&frame);
  if (loop == nullptr || !worker::in_worker_process() || worker::own_seat().region->memory().fd() < 0) {
    return call_one_by_one(frame);
  }
  try {
    PythonProcess& process = own_python();
    loop->lend(process);
  } catch (...) {  // it cannot be started: then no call of the chunk can run
    for (std::uint32_t i = frame.first; i < frame.last; ++i) {
      if (frame.begin(i)) frame.failed(std::current_exception());
    }
  }
}

detail::Entry PythonFunction::chunk_entry() const noexcept { return &run_python_chunk; }

}  // namespace

void use_python(PythonOptions options, int fork_requests) {
  used = std::move(options);
  requests = fork_requests;
}
void use_python_program(std::string program) { used.program = std::move(program); }
const PythonOptions& used_python() noexcept { return used; }

std::unique_ptr<Function> make_python_function(PythonFunctionText text) {
  return std::make_unique<PythonFunction>(std::move(text));
}

}  // namespace prun::python
