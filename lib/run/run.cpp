#include "run/run.hpp"

#include "event/event_stream.hpp"
#include "jobserver/tokens.hpp"
#include "run/run_loop.hpp"

namespace prun {
namespace {

RunEnded::How how_it_ended(const RunReport& report) {
  using How = RunEnded::How;
  if (report.interrupted_by_signal != 0) return How::interrupted;
  if (report.deadline_over) return How::deadline;
  if (report.halted) return How::halted;
  if (report.output_closed) return How::output_closed;
  return report.bad_input ? How::bad_input : How::done;
}

void tell_end(const EventStream* events, const RunEnded& end) {
  if (events != nullptr) events->tell(end);
}

}  // namespace

RunReport run(const RunOptions& options, Registry& registry, TaskSource& source, Listener& listener, OutputBuffer& out,
              OutputBuffer& err) {
  try {
    RunReport report = RunLoop(options, registry, source, listener, out, err)();
    if (options.tokens != nullptr) options.tokens->keep(0);
    tell_end(options.events, {how_it_ended(report), report.interrupted_by_signal, report.succeeded, report.failed,
                              report.interrupted, report.not_run, report.bad_inputs});
    return report;
  } catch (...) {
    tell_end(options.events, {.how = RunEnded::How::failed});
    throw;
  }
}

}  // namespace prun
