// The thread that z3 runs in: problems come as SMT-LIB, answers go back in their order. It ends when it is terminated, z3's own threads with it.

import { parentPort, workerData } from 'node:worker_threads';
import { init } from 'z3-solver';

const { Z3 } = await init();
const ANSWERS = { '-1': 'unsat', 0: 'unknown', 1: 'sat' };

const config = Z3.mk_config();

/** One problem in a context of its own. The parser that evaluates a whole script garbles long texts now and then; this one does not. */
async function answer(text, milliseconds, model) {
  const context = Z3.mk_context(config);
  const solver = Z3.mk_solver(context);
  Z3.solver_inc_ref(context, solver);
  try {
    const params = Z3.mk_params(context);
    Z3.params_inc_ref(context, params);
    Z3.params_set_uint(context, params, Z3.mk_string_symbol(context, 'timeout'), milliseconds);
    Z3.params_set_uint(context, params, Z3.mk_string_symbol(context, 'random_seed'), workerData.seed);
    Z3.solver_set_params(context, solver, params);
    Z3.solver_from_string(context, solver, text);
    const found = ANSWERS[await Z3.solver_check(context, solver)];
    if (found !== 'sat' || !model) return { found };
    return { found, model: Z3.model_to_string(context, Z3.solver_get_model(context, solver)) };
  } finally {
    Z3.solver_dec_ref(context, solver);
    Z3.del_context(context);
  }
}

parentPort.on('message', async ({ text, milliseconds, model }) => {
  try {
    parentPort.postMessage(await answer(text, milliseconds, model));
  } catch (error) {
    parentPort.postMessage({ error: `${error.message}\n${text}` });
  }
});
parentPort.postMessage({ version: Z3.get_full_version() });
