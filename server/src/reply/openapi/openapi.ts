// `/rest/$openapi`: the API of this datastore, as far as the asker may use it, as an OpenAPI 3.1 document.
import type { CatalogOutcome } from '../../run/outcome.ts';
import type { HttpReply } from '../http-reply.ts';
import { dataReply } from '../json.ts';
import { classPaths, sharedResponses, storePaths } from './paths.ts';
import { classSchemas, commonSchemas } from './schemas.ts';

export function replyOpenApi({ model, classes, sight, dataUri }: CatalogOutcome): HttpReply {
  const document = {
    openapi: '3.1.1',
    info: {
      title: model.name,
      version: '1',
      description:
        'Made from the model for whoever asks for it: what the asker may not do is not in it. Image uris carry version numbers; whoever keeps a picture under its uri never shows an old one.',
    },
    servers: [{ url: dataUri }],
    tags: [{ name: 'datastore' }, ...classes.map(({ name }) => ({ name }))],
    paths: Object.assign({}, ...classes.map((one) => classPaths(one, sight)), storePaths(model, sight)) as object,
    components: {
      schemas: Object.assign({}, commonSchemas, ...classes.map((one) => classSchemas(one, sight))) as object,
      responses: sharedResponses,
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'WASID4D' },
        key: { type: 'apiKey', in: 'header', name: 'api-key' },
      },
    },
    security: [{}, { session: [] }, { key: [] }],
  };
  return dataReply(JSON.stringify(document));
}
