// Stage 3: Plan → Outcome. All the I/O happens below here.
import type { Plan } from '../plan/plan.ts';
import type { Visit } from './context.ts';
import { runCalculatedMedia } from './calculated-media.ts';
import { runCall } from './call.ts';
import { runCatalog } from './catalog.ts';
import { runChanges } from './changes.ts';
import { runCompute, runDistinct, runDistinctMedia } from './compute.ts';
import { runDelete } from './delete.ts';
import { runBelongsTo, runCurrentUser, runLogout } from './directory.ts';
import { runReadEntity } from './entity.ts';
import { runInfo, runReleaseSessions } from './info.ts';
import { runLock } from './lock.ts';
import { runLogin } from './login.ts';
import { isLogin, runLoginCall } from './login-call.ts';
import { runMedia } from './media.ts';
import type { Outcome } from './outcome.ts';
import { runReleaseSets } from './release-sets.ts';
import { runSave } from './save.ts';
import { runFindKey, runIntersect, runReadSelection } from './selection.ts';
import { runUpload } from './upload.ts';
import { runWriteMedia } from './write-media.ts';

/**
 * A promise only when something must be waited for.
 * @throws KeystampError for all that only the data can tell
 */
export function runPlan(plan: Plan, visit: Visit): Outcome | Promise<Outcome> {
  switch (plan.kind) {
    case 'readEntity':
      return runReadEntity(plan, visit);
    case 'readSelection':
      return runReadSelection(plan, visit);
    case 'distinctMedia':
      return runDistinctMedia(plan, visit);
    case 'distinct':
      return runDistinct(plan, visit);
    case 'compute':
      return runCompute(plan, visit);
    case 'findKey':
      return runFindKey(plan, visit);
    case 'intersect':
      return runIntersect(plan, visit);
    case 'media':
      return plan.place.calculated ? runCalculatedMedia(plan, visit) : runMedia(plan, visit);
    case 'lock':
      return runLock(plan, visit);
    case 'save':
      return runSave(plan, visit);
    case 'delete':
      return runDelete(plan, visit);
    case 'writeMedia':
      return runWriteMedia(plan, visit);
    case 'upload':
      return runUpload(plan, visit);
    case 'releaseSets':
      return runReleaseSets(plan, visit);
    case 'changes':
      return runChanges(plan, visit);
    case 'catalog':
      return runCatalog(plan, visit);
    case 'login':
      return runLogin(plan, visit);
    case 'logout':
      return runLogout(visit);
    case 'currentUser':
      return runCurrentUser(visit);
    case 'belongsTo':
      return runBelongsTo(plan, visit);
    case 'info':
      return runInfo(plan, visit);
    case 'releaseSessions':
      return runReleaseSessions(plan, visit);
    case 'call':
      return isLogin(plan) ? runLoginCall(plan, visit) : runCall(plan, visit);
    case 'nothing':
      return Promise.resolve({ kind: 'ok', ...(plan.headers && { headers: plan.headers }) });
    default:
      return plan satisfies never;
  }
}
