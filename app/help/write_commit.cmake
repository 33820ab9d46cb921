# Writes the commit of the source tree as a C string to OUTPUT. Writes only if it has changed, so that nothing is compiled in vain.
#    cmake -DGIT=PROGRAM -DSOURCE=FOLDER -DOUTPUT=FILE -P write_commit.cmake
set(commit unknown)
if(GIT)
  execute_process(COMMAND ${GIT} -C ${SOURCE} rev-parse --short=12 HEAD
                  OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed)
    set(commit ${answer})
  endif()
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define PRUN_COMMIT \"${commit}\"\n")
